-- CASA's tables, keys and indexes: github.com/rubyforgood/casa, db/schema.rb at
-- 5ad2d6ae14d4561b59919dd983aff6b28e5a7735. Copyright (c) 2020 Ruby for Good. MIT: casa.LICENSE.
-- Changed: written as SQL, without defaults and check constraints.
CREATE TABLE action_text_rich_texts (
  id bigint NOT NULL, name varchar NOT NULL, body text, record_type varchar NOT NULL, record_id bigint NOT
  NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE active_storage_attachments (
  id bigint NOT NULL, name varchar NOT NULL, record_type varchar NOT NULL, record_id bigint NOT NULL,
  blob_id bigint NOT NULL, created_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE active_storage_blobs (
  id bigint NOT NULL, key varchar NOT NULL, filename varchar NOT NULL, content_type varchar, metadata text,
  byte_size bigint NOT NULL, checksum varchar, created_at timestamp NOT NULL, service_name varchar NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE active_storage_variant_records (
  id bigint NOT NULL, blob_id bigint NOT NULL, variation_digest varchar NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE additional_expenses (
  id bigint NOT NULL, case_contact_id bigint NOT NULL, other_expense_amount numeric, other_expenses_describe
  varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE addresses (
  id bigint NOT NULL, content varchar, user_id bigint NOT NULL, created_at timestamp NOT NULL, updated_at
  timestamp NOT NULL, line_1 varchar, line_2 varchar, city varchar, state varchar, zip varchar, PRIMARY KEY
  (id)
);
CREATE TABLE all_casa_admins (
  id bigint NOT NULL, email varchar NOT NULL, encrypted_password varchar NOT NULL, reset_password_token
  varchar, reset_password_sent_at timestamp, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  invitation_token varchar, invitation_created_at timestamp, invitation_sent_at timestamp,
  invitation_accepted_at timestamp, invitation_limit integer, invited_by_id integer, invited_by_type
  varchar, PRIMARY KEY (id)
);
CREATE TABLE api_credentials (
  id bigint NOT NULL, user_id bigint NOT NULL, token_expires_at timestamp, refresh_token_expires_at
  timestamp, api_token_digest varchar, refresh_token_digest varchar, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE banners (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, user_id bigint NOT NULL, name varchar, active boolean,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, expires_at timestamp, PRIMARY KEY (id)
);
CREATE TABLE casa_case_contact_types (
  id bigint NOT NULL, contact_type_id bigint NOT NULL, casa_case_id bigint NOT NULL, created_at timestamp
  NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE casa_case_emancipation_categories (
  id bigint NOT NULL, casa_case_id bigint NOT NULL, emancipation_category_id bigint NOT NULL, created_at
  timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE casa_case_emancipation_options (
  id bigint NOT NULL, casa_case_id bigint NOT NULL, emancipation_option_id bigint NOT NULL, created_at
  timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE casa_cases (
  id bigint NOT NULL, case_number varchar NOT NULL, transition_aged_youth boolean, created_at timestamp NOT
  NULL, updated_at timestamp NOT NULL, casa_org_id bigint NOT NULL, birth_month_year_youth timestamp,
  court_report_due_date timestamp, active boolean NOT NULL, court_report_submitted_at timestamp,
  court_report_status integer, slug varchar, date_in_care timestamp, PRIMARY KEY (id)
);
CREATE TABLE casa_orgs (
  id bigint NOT NULL, name varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  display_name varchar, address varchar, footer_links varchar[], slug varchar, show_driving_reimbursement
  boolean, show_fund_request boolean, twilio_phone_number varchar, twilio_account_sid varchar,
  twilio_api_key_sid varchar, twilio_api_key_secret varchar, twilio_enabled boolean,
  additional_expenses_enabled boolean, learning_topic_active boolean, other_duties_enabled boolean, PRIMARY
  KEY (id)
);
CREATE TABLE case_assignments (
  id bigint NOT NULL, casa_case_id bigint NOT NULL, volunteer_id bigint NOT NULL, active boolean NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, hide_old_contacts boolean,
  allow_reimbursement boolean, PRIMARY KEY (id)
);
CREATE TABLE case_contact_contact_types (
  id bigint NOT NULL, case_contact_id bigint NOT NULL, contact_type_id bigint NOT NULL, created_at timestamp
  NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE case_contacts (
  id bigint NOT NULL, creator_id bigint NOT NULL, casa_case_id bigint, duration_minutes integer, occurred_at
  timestamp, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, contact_made boolean, medium_type
  varchar, miles_driven integer NOT NULL, want_driving_reimbursement boolean, notes varchar, deleted_at
  timestamp, reimbursement_complete boolean, status varchar, draft_case_ids integer[], volunteer_address
  varchar, metadata jsonb, PRIMARY KEY (id)
);
CREATE TABLE case_court_orders (
  id bigint NOT NULL, casa_case_id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT
  NULL, implementation_status integer, court_date_id bigint, text varchar, PRIMARY KEY (id)
);
CREATE TABLE case_group_memberships (
  id bigint NOT NULL, case_group_id bigint NOT NULL, casa_case_id bigint NOT NULL, created_at timestamp NOT
  NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE case_groups (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, name varchar, created_at timestamp NOT NULL, updated_at
  timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE checklist_items (
  id bigint NOT NULL, hearing_type_id integer, description text NOT NULL, category varchar NOT NULL,
  mandatory boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE contact_topic_answers (
  id bigint NOT NULL, value text, case_contact_id bigint NOT NULL, contact_topic_id bigint, selected boolean
  NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, deleted_at timestamp, PRIMARY KEY
  (id)
);
CREATE TABLE contact_topics (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, active boolean NOT NULL, soft_delete boolean NOT NULL,
  details text, question varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  exclude_from_court_report boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE contact_type_groups (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, name varchar NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, active boolean, PRIMARY KEY (id)
);
CREATE TABLE contact_types (
  id bigint NOT NULL, contact_type_group_id bigint NOT NULL, name varchar NOT NULL, created_at timestamp NOT
  NULL, updated_at timestamp NOT NULL, active boolean, PRIMARY KEY (id)
);
CREATE TABLE court_dates (
  id bigint NOT NULL, date timestamp NOT NULL, casa_case_id bigint NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, hearing_type_id bigint, judge_id bigint, court_report_due_date timestamp,
  PRIMARY KEY (id)
);
CREATE TABLE custom_org_links (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, text varchar NOT NULL, url varchar NOT NULL, active
  boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE delayed_jobs (
  id bigint NOT NULL, priority integer NOT NULL, attempts integer NOT NULL, handler text NOT NULL,
  last_error text, run_at timestamp, locked_at timestamp, failed_at timestamp, locked_by varchar, queue
  varchar, created_at timestamp, updated_at timestamp, PRIMARY KEY (id)
);
CREATE TABLE emancipation_categories (
  id bigint NOT NULL, name varchar NOT NULL, mutually_exclusive boolean NOT NULL, created_at timestamp NOT
  NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE emancipation_options (
  id bigint NOT NULL, emancipation_category_id bigint NOT NULL, name varchar NOT NULL, created_at timestamp
  NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE flipper_features (
  id bigint NOT NULL, key varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE flipper_gates (
  id bigint NOT NULL, feature_key varchar NOT NULL, key varchar NOT NULL, value text, created_at timestamp
  NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE followups (
  id bigint NOT NULL, case_contact_id bigint, creator_id bigint, status integer, created_at timestamp NOT
  NULL, updated_at timestamp NOT NULL, note text, followupable_id bigint, followupable_type varchar, PRIMARY
  KEY (id)
);
CREATE TABLE fund_requests (
  id bigint NOT NULL, submitter_email text, youth_name text, payment_amount text, deadline text,
  request_purpose text, payee_name text, requested_by_and_relationship text, other_funding_source_sought
  text, impact text, extra_information text, timestamps text, PRIMARY KEY (id)
);
CREATE TABLE healths (
  id bigint NOT NULL, latest_deploy_time timestamp, singleton_guard integer, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE hearing_types (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, name varchar NOT NULL, active boolean NOT NULL,
  checklist_updated_date varchar NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE judges (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT
  NULL, active boolean, name varchar, PRIMARY KEY (id)
);
CREATE TABLE languages (
  id bigint NOT NULL, name varchar, casa_org_id bigint NOT NULL, created_at timestamp NOT NULL, updated_at
  timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE learning_hour_topics (
  id bigint NOT NULL, name varchar NOT NULL, casa_org_id bigint NOT NULL, position integer, created_at
  timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE learning_hour_types (
  id bigint NOT NULL, casa_org_id bigint NOT NULL, name varchar, active boolean, position integer,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE learning_hours (
  id bigint NOT NULL, user_id bigint NOT NULL, name varchar NOT NULL, duration_minutes integer NOT NULL,
  duration_hours integer NOT NULL, occurred_at timestamp NOT NULL, created_at timestamp NOT NULL, updated_at
  timestamp NOT NULL, learning_hour_type_id bigint, learning_hour_topic_id bigint, PRIMARY KEY (id)
);
CREATE TABLE login_activities (
  id bigint NOT NULL, scope varchar, strategy varchar, identity varchar, success boolean, failure_reason
  varchar, user_type varchar, user_id bigint, context varchar, ip varchar, user_agent text, referrer text,
  city varchar, region varchar, country varchar, latitude double precision, longitude double precision,
  created_at timestamp, PRIMARY KEY (id)
);
CREATE TABLE mileage_rates (
  id bigint NOT NULL, amount numeric, effective_date date, is_active boolean, user_id bigint, created_at
  timestamp NOT NULL, updated_at timestamp NOT NULL, casa_org_id bigint NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE notes (
  id bigint NOT NULL, content varchar, creator_id bigint, notable_type varchar, notable_id bigint,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE noticed_events (
  id bigint NOT NULL, type varchar, record_type varchar, record_id bigint, params jsonb, created_at
  timestamp NOT NULL, updated_at timestamp NOT NULL, notifications_count integer, PRIMARY KEY (id)
);
CREATE TABLE noticed_notifications (
  id bigint NOT NULL, type varchar, event_id bigint NOT NULL, recipient_type varchar NOT NULL, recipient_id
  bigint NOT NULL, read_at timestamp, seen_at timestamp, created_at timestamp NOT NULL, updated_at timestamp
  NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE notifications (
  id bigint NOT NULL, recipient_type varchar NOT NULL, recipient_id bigint NOT NULL, type varchar NOT NULL,
  params jsonb, read_at timestamp, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY
  (id)
);
CREATE TABLE other_duties (
  id bigint NOT NULL, creator_id bigint NOT NULL, creator_type varchar, occurred_at timestamp,
  duration_minutes bigint, notes text, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY
  KEY (id)
);
CREATE TABLE patch_note_groups (
  id bigint NOT NULL, value varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE patch_note_types (
  id bigint NOT NULL, name varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE patch_notes (
  id bigint NOT NULL, note text NOT NULL, patch_note_type_id bigint NOT NULL, patch_note_group_id bigint NOT
  NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE placement_types (
  id bigint NOT NULL, name varchar NOT NULL, casa_org_id bigint NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE placements (
  id bigint NOT NULL, placement_started_at timestamp NOT NULL, placement_type_id bigint NOT NULL, creator_id
  bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, casa_case_id bigint NOT
  NULL, PRIMARY KEY (id)
);
CREATE TABLE preference_sets (
  id bigint NOT NULL, user_id bigint, case_volunteer_columns jsonb NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, table_state jsonb, PRIMARY KEY (id)
);
CREATE TABLE sent_emails (
  id bigint NOT NULL, user_id bigint, casa_org_id bigint NOT NULL, mailer_type varchar, category varchar,
  sent_address varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE sms_notification_events (
  id bigint NOT NULL, name varchar, user_type varchar, created_at timestamp NOT NULL, updated_at timestamp
  NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE supervisor_volunteers (
  id bigint NOT NULL, supervisor_id bigint NOT NULL, volunteer_id bigint NOT NULL, created_at timestamp NOT
  NULL, updated_at timestamp NOT NULL, is_active boolean, PRIMARY KEY (id)
);
CREATE TABLE task_records (
  version varchar NOT NULL
);
CREATE TABLE user_languages (
  id bigint NOT NULL, user_id bigint, language_id bigint, created_at timestamp NOT NULL, updated_at
  timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE user_reminder_times (
  id bigint NOT NULL, user_id bigint NOT NULL, case_contact_types timestamp, no_contact_made timestamp,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE user_sms_notification_events (
  id bigint NOT NULL, user_id bigint NOT NULL, sms_notification_event_id bigint NOT NULL, created_at
  timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE users (
  id bigint NOT NULL, email varchar NOT NULL, encrypted_password varchar NOT NULL, reset_password_token
  varchar, reset_password_sent_at timestamp, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  casa_org_id bigint NOT NULL, display_name varchar NOT NULL, invitation_token varchar,
  invitation_created_at timestamp, invitation_sent_at timestamp, invitation_accepted_at timestamp,
  invitation_limit integer, invited_by_type varchar, invited_by_id bigint, invitations_count integer, type
  varchar, active boolean, sign_in_count integer NOT NULL, current_sign_in_at timestamp, last_sign_in_at
  timestamp, current_sign_in_ip varchar, last_sign_in_ip varchar, phone_number varchar,
  receive_sms_notifications boolean NOT NULL, receive_email_notifications boolean, confirmation_token
  varchar, confirmed_at timestamp, confirmation_sent_at timestamp, unconfirmed_email varchar, old_emails
  varchar[], receive_reimbursement_email boolean, monthly_learning_hours_report boolean NOT NULL,
  date_of_birth timestamp, PRIMARY KEY (id)
);
CREATE UNIQUE INDEX index_action_text_rich_texts_uniqueness ON action_text_rich_texts (record_type, record_id, name);
CREATE INDEX index_active_storage_attachments_on_blob_id ON active_storage_attachments (blob_id);
CREATE UNIQUE INDEX index_active_storage_attachments_uniqueness ON active_storage_attachments (record_type, record_id, name, blob_id);
CREATE UNIQUE INDEX index_active_storage_blobs_on_key ON active_storage_blobs (key);
CREATE UNIQUE INDEX index_active_storage_variant_records_uniqueness ON active_storage_variant_records (blob_id, variation_digest);
CREATE INDEX index_additional_expenses_on_case_contact_id ON additional_expenses (case_contact_id);
CREATE INDEX index_addresses_on_user_id ON addresses (user_id);
CREATE UNIQUE INDEX index_all_casa_admins_on_email ON all_casa_admins (email);
CREATE UNIQUE INDEX index_all_casa_admins_on_invitation_token ON all_casa_admins (invitation_token);
CREATE UNIQUE INDEX index_all_casa_admins_on_reset_password_token ON all_casa_admins (reset_password_token);
CREATE UNIQUE INDEX index_api_credentials_on_api_token_digest ON api_credentials (api_token_digest) WHERE (api_token_digest IS NOT NULL);
CREATE UNIQUE INDEX index_api_credentials_on_refresh_token_digest ON api_credentials (refresh_token_digest) WHERE (refresh_token_digest IS NOT NULL);
CREATE INDEX index_casa_case_contact_types_on_casa_case_id ON casa_case_contact_types (casa_case_id);
CREATE INDEX index_casa_case_contact_types_on_contact_type_id ON casa_case_contact_types (contact_type_id);
CREATE INDEX index_casa_case_emancipation_categories_on_casa_case_id ON casa_case_emancipation_categories (casa_case_id);
CREATE UNIQUE INDEX index_case_options_on_case_id_and_option_id ON casa_case_emancipation_options (casa_case_id, emancipation_option_id);
CREATE INDEX index_casa_cases_on_casa_org_id ON casa_cases (casa_org_id);
CREATE UNIQUE INDEX index_casa_cases_on_case_number_and_casa_org_id ON casa_cases (case_number, casa_org_id);
CREATE INDEX index_casa_cases_on_slug ON casa_cases (slug);
CREATE UNIQUE INDEX index_casa_orgs_on_slug ON casa_orgs (slug);
CREATE INDEX index_case_assignments_on_casa_case_id ON case_assignments (casa_case_id);
CREATE INDEX index_case_assignments_on_volunteer_id ON case_assignments (volunteer_id);
CREATE INDEX index_case_contact_contact_types_on_case_contact_id ON case_contact_contact_types (case_contact_id);
CREATE INDEX index_case_contact_contact_types_on_contact_type_id ON case_contact_contact_types (contact_type_id);
CREATE INDEX index_case_contacts_on_casa_case_id ON case_contacts (casa_case_id);
CREATE INDEX index_case_contacts_on_creator_id ON case_contacts (creator_id);
CREATE INDEX index_case_court_orders_on_casa_case_id ON case_court_orders (casa_case_id);
CREATE INDEX index_case_court_orders_on_court_date_id ON case_court_orders (court_date_id);
CREATE INDEX index_contact_topic_answers_on_case_contact_id ON contact_topic_answers (case_contact_id);
CREATE INDEX index_contact_types_on_contact_type_group_id ON contact_types (contact_type_group_id);
CREATE INDEX index_court_dates_on_casa_case_id ON court_dates (casa_case_id);
CREATE INDEX index_custom_org_links_on_casa_org_id ON custom_org_links (casa_org_id);
CREATE UNIQUE INDEX index_emancipation_categories_on_name ON emancipation_categories (name);
CREATE UNIQUE INDEX index_emancipation_options_on_emancipation_category_id_and_name ON emancipation_options (emancipation_category_id, name);
CREATE UNIQUE INDEX index_flipper_features_on_key ON flipper_features (key);
CREATE UNIQUE INDEX index_flipper_gates_on_feature_key_and_key_and_value ON flipper_gates (feature_key, key, value);
CREATE INDEX index_followups_on_case_contact_id ON followups (case_contact_id);
CREATE UNIQUE INDEX index_healths_on_singleton_guard ON healths (singleton_guard);
CREATE INDEX index_learning_hours_on_user_id ON learning_hours (user_id);
CREATE INDEX index_noticed_notifications_on_recipient ON noticed_notifications (recipient_type, recipient_id);
CREATE UNIQUE INDEX index_patch_note_groups_on_value ON patch_note_groups (value);
CREATE UNIQUE INDEX index_patch_note_types_on_name ON patch_note_types (name);
CREATE INDEX index_preference_sets_on_user_id ON preference_sets (user_id);
CREATE INDEX index_supervisor_volunteers_on_supervisor_id ON supervisor_volunteers (supervisor_id);
CREATE INDEX index_supervisor_volunteers_on_volunteer_id ON supervisor_volunteers (volunteer_id);
CREATE UNIQUE INDEX index_user_languages_on_language_id_and_user_id ON user_languages (language_id, user_id);
CREATE INDEX index_user_reminder_times_on_user_id ON user_reminder_times (user_id);
CREATE INDEX index_users_on_casa_org_id ON users (casa_org_id);
CREATE UNIQUE INDEX index_users_on_confirmation_token ON users (confirmation_token);
CREATE UNIQUE INDEX index_users_on_email ON users (email);
CREATE UNIQUE INDEX index_users_on_invitation_token ON users (invitation_token);
CREATE INDEX index_users_on_invited_by_id ON users (invited_by_id);
CREATE UNIQUE INDEX index_users_on_reset_password_token ON users (reset_password_token);
ALTER TABLE active_storage_attachments ADD FOREIGN KEY (blob_id) REFERENCES active_storage_blobs (id);
ALTER TABLE active_storage_variant_records ADD FOREIGN KEY (blob_id) REFERENCES active_storage_blobs (id);
ALTER TABLE additional_expenses ADD FOREIGN KEY (case_contact_id) REFERENCES case_contacts (id);
ALTER TABLE addresses ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE api_credentials ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE banners ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE banners ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE casa_case_emancipation_categories ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE casa_case_emancipation_categories ADD FOREIGN KEY (emancipation_category_id) REFERENCES emancipation_categories (id);
ALTER TABLE casa_case_emancipation_options ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE casa_case_emancipation_options ADD FOREIGN KEY (emancipation_option_id) REFERENCES emancipation_options (id);
ALTER TABLE casa_cases ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE case_assignments ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE case_assignments ADD FOREIGN KEY (volunteer_id) REFERENCES users (id);
ALTER TABLE case_contacts ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE case_contacts ADD FOREIGN KEY (creator_id) REFERENCES users (id);
ALTER TABLE case_court_orders ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE case_group_memberships ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE case_group_memberships ADD FOREIGN KEY (case_group_id) REFERENCES case_groups (id);
ALTER TABLE case_groups ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE contact_topic_answers ADD FOREIGN KEY (case_contact_id) REFERENCES case_contacts (id);
ALTER TABLE contact_topic_answers ADD FOREIGN KEY (contact_topic_id) REFERENCES contact_topics (id);
ALTER TABLE contact_topics ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE court_dates ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE custom_org_links ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE emancipation_options ADD FOREIGN KEY (emancipation_category_id) REFERENCES emancipation_categories (id);
ALTER TABLE followups ADD FOREIGN KEY (creator_id) REFERENCES users (id);
ALTER TABLE judges ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE languages ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE learning_hour_topics ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE learning_hour_types ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE learning_hours ADD FOREIGN KEY (learning_hour_type_id) REFERENCES learning_hour_types (id);
ALTER TABLE learning_hours ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE mileage_rates ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE mileage_rates ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE notes ADD FOREIGN KEY (creator_id) REFERENCES users (id);
ALTER TABLE other_duties ADD FOREIGN KEY (creator_id) REFERENCES users (id);
ALTER TABLE patch_notes ADD FOREIGN KEY (patch_note_group_id) REFERENCES patch_note_groups (id);
ALTER TABLE patch_notes ADD FOREIGN KEY (patch_note_type_id) REFERENCES patch_note_types (id);
ALTER TABLE placement_types ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE placements ADD FOREIGN KEY (casa_case_id) REFERENCES casa_cases (id);
ALTER TABLE placements ADD FOREIGN KEY (placement_type_id) REFERENCES placement_types (id);
ALTER TABLE placements ADD FOREIGN KEY (creator_id) REFERENCES users (id);
ALTER TABLE preference_sets ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE sent_emails ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
ALTER TABLE sent_emails ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE supervisor_volunteers ADD FOREIGN KEY (supervisor_id) REFERENCES users (id);
ALTER TABLE supervisor_volunteers ADD FOREIGN KEY (volunteer_id) REFERENCES users (id);
ALTER TABLE user_reminder_times ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE user_sms_notification_events ADD FOREIGN KEY (sms_notification_event_id) REFERENCES sms_notification_events (id);
ALTER TABLE user_sms_notification_events ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE users ADD FOREIGN KEY (casa_org_id) REFERENCES casa_orgs (id);
