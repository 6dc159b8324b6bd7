-- Apache Fineract's tables and keys: github.com/apache/fineract,
-- fineract-provider/src/main/resources/sql/migrations/sample_data/barebones_db.sql at
-- 4198b0bcf9a94e1c7aa0f386317ba71f40ceb1d9. Copyright 2008-2021 The Apache Software Foundation. Apache-2.0.
-- Changed: without rows, defaults and comments. This product includes software developed by The Apache Software
-- Foundation (http://www.apache.org/).
CREATE TABLE acc_accounting_rule (
  id BIGINT NOT NULL, `name` varchar(100), office_id BIGINT, debit_account_id BIGINT,
  allow_multiple_debits tinyint NOT NULL, credit_account_id BIGINT, allow_multiple_credits tinyint NOT NULL,
  description varchar(500), system_defined tinyint NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY accounting_rule_name_unique (name),
  KEY FK_acc_accounting_rule_acc_gl_account_debit (debit_account_id),
  KEY FK_acc_accounting_rule_acc_gl_account_credit (credit_account_id),
  KEY FK_acc_accounting_rule_m_office (office_id),
  CONSTRAINT FK_acc_accounting_rule_acc_gl_account_credit FOREIGN KEY (credit_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_acc_accounting_rule_acc_gl_account_debit FOREIGN KEY (debit_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_acc_accounting_rule_m_office FOREIGN KEY (office_id) REFERENCES m_office (id)
);
CREATE TABLE acc_gl_account (
  id BIGINT NOT NULL, `name` varchar(200) NOT NULL, parent_id BIGINT, hierarchy varchar(50),
  gl_code varchar(45) NOT NULL, disabled tinyint NOT NULL, manual_journal_entries_allowed tinyint NOT NULL,
  account_usage tinyint NOT NULL, classification_enum SMALLINT NOT NULL, tag_id INT, description varchar(500),
  PRIMARY KEY (id), UNIQUE KEY acc_gl_code (gl_code), KEY FK_ACC_0000000001 (parent_id),
  KEY FKGLACC000000002 (tag_id),
  CONSTRAINT FKGLACC000000002 FOREIGN KEY (tag_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_ACC_0000000001 FOREIGN KEY (parent_id) REFERENCES acc_gl_account (id)
);
CREATE TABLE acc_gl_closure (
  id BIGINT NOT NULL, office_id BIGINT NOT NULL, closing_date date NOT NULL, is_deleted INT NOT NULL,
  createdby_id BIGINT, lastmodifiedby_id BIGINT, created_date datetime, lastmodified_date datetime,
  comments varchar(500), PRIMARY KEY (id), UNIQUE KEY office_id_closing_date (office_id,closing_date),
  KEY FK_acc_gl_closure_m_office (office_id), KEY FK_acc_gl_closure_m_appuser (createdby_id),
  KEY FK_acc_gl_closure_m_appuser_2 (lastmodifiedby_id),
  CONSTRAINT FK_acc_gl_closure_m_appuser FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_acc_gl_closure_m_appuser_2 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_acc_gl_closure_m_office FOREIGN KEY (office_id) REFERENCES m_office (id)
);
CREATE TABLE acc_gl_financial_activity_account (
  id BIGINT NOT NULL, gl_account_id BIGINT NOT NULL, financial_activity_type SMALLINT NOT NULL,
  PRIMARY KEY (id), UNIQUE KEY financial_activity_type (financial_activity_type),
  KEY FK_office_mapping_acc_gl_account (gl_account_id),
  CONSTRAINT FK_office_mapping_acc_gl_account FOREIGN KEY (gl_account_id) REFERENCES acc_gl_account (id)
);
CREATE TABLE acc_gl_journal_entry (
  id BIGINT NOT NULL, account_id BIGINT NOT NULL, office_id BIGINT NOT NULL, reversal_id BIGINT,
  currency_code varchar(3) NOT NULL, transaction_id varchar(50) NOT NULL, loan_transaction_id BIGINT,
  savings_transaction_id BIGINT, client_transaction_id BIGINT, reversed tinyint NOT NULL,
  ref_num varchar(100), manual_entry tinyint NOT NULL, entry_date date NOT NULL, type_enum SMALLINT NOT NULL,
  amount decimal(19,6) NOT NULL, description varchar(500), entity_type_enum SMALLINT, entity_id BIGINT,
  createdby_id BIGINT NOT NULL, lastmodifiedby_id BIGINT NOT NULL, created_date datetime NOT NULL,
  lastmodified_date datetime NOT NULL, is_running_balance_calculated TINYINT NOT NULL,
  office_running_balance decimal(19,6) NOT NULL, organization_running_balance decimal(19,6) NOT NULL,
  payment_details_id BIGINT, share_transaction_id BIGINT, PRIMARY KEY (id),
  KEY FK_acc_gl_journal_entry_m_office (office_id), KEY FK_acc_gl_journal_entry_m_appuser (createdby_id),
  KEY FK_acc_gl_journal_entry_m_appuser_2 (lastmodifiedby_id),
  KEY FK_acc_gl_journal_entry_acc_gl_journal_entry (reversal_id),
  KEY FK_acc_gl_journal_entry_acc_gl_account (account_id),
  KEY FK_acc_gl_journal_entry_m_loan_transaction (loan_transaction_id),
  KEY FK_acc_gl_journal_entry_m_savings_account_transaction (savings_transaction_id),
  KEY FK_acc_gl_journal_entry_m_payment_detail (payment_details_id),
  KEY FK_acc_gl_journal_entry_m_client_transaction (client_transaction_id),
  KEY FK_acc_gl_journal_entry_m_share_account_transaction (share_transaction_id),
  CONSTRAINT FK_acc_gl_journal_entry_acc_gl_account FOREIGN KEY (account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_acc_gl_journal_entry_acc_gl_journal_entry FOREIGN KEY (reversal_id) REFERENCES acc_gl_journal_entry (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_appuser FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_appuser_2 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_client_transaction FOREIGN KEY (client_transaction_id) REFERENCES m_client_transaction (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_loan_transaction FOREIGN KEY (loan_transaction_id) REFERENCES m_loan_transaction (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_office FOREIGN KEY (office_id) REFERENCES m_office (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_payment_detail FOREIGN KEY (payment_details_id) REFERENCES m_payment_detail (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_savings_account_transaction FOREIGN KEY (savings_transaction_id) REFERENCES m_savings_account_transaction (id),
  CONSTRAINT FK_acc_gl_journal_entry_m_share_account_transaction FOREIGN KEY (share_transaction_id) REFERENCES m_share_account_transactions (id)
);
CREATE TABLE acc_product_mapping (
  id BIGINT NOT NULL, gl_account_id BIGINT, product_id BIGINT, product_type SMALLINT, payment_type INT,
  charge_id BIGINT, financial_account_type SMALLINT, PRIMARY KEY (id),
  KEY FK_acc_product_mapping_m_charge (charge_id), KEY FK_acc_product_mapping_m_payment_type (payment_type),
  CONSTRAINT FK_acc_product_mapping_m_charge FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT FK_acc_product_mapping_m_payment_type FOREIGN KEY (payment_type) REFERENCES m_payment_type (id)
);
CREATE TABLE acc_rule_tags (
  id BIGINT NOT NULL, acc_rule_id BIGINT NOT NULL, tag_id INT NOT NULL, acc_type_enum SMALLINT NOT NULL,
  PRIMARY KEY (id), UNIQUE KEY UNIQUE_ACCOUNT_RULE_TAGS (acc_rule_id,tag_id,acc_type_enum),
  KEY FK_acc_accounting_rule_id (acc_rule_id), KEY FK_m_code_value_id (tag_id),
  CONSTRAINT FK_acc_accounting_rule_id FOREIGN KEY (acc_rule_id) REFERENCES acc_accounting_rule (id),
  CONSTRAINT FK_m_code_value_id FOREIGN KEY (tag_id) REFERENCES m_code_value (id)
);
CREATE TABLE c_account_number_format (
  id BIGINT NOT NULL, account_type_enum SMALLINT NOT NULL, prefix_type_enum SMALLINT, PRIMARY KEY (id),
  UNIQUE KEY account_type_enum (account_type_enum)
);
CREATE TABLE c_cache (
  id BIGINT NOT NULL, cache_type_enum tinyint NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE c_configuration (
  id BIGINT NOT NULL, `name` varchar(100), `value` INT, date_value date, enabled tinyint NOT NULL,
  is_trap_door tinyint NOT NULL, description varchar(300), PRIMARY KEY (id), UNIQUE KEY name_UNIQUE (name)
);
CREATE TABLE c_external_service (
  id BIGINT NOT NULL, `name` varchar(100), PRIMARY KEY (id), UNIQUE KEY name_UNIQUE (name)
);
CREATE TABLE c_external_service_properties (
  `name` varchar(150) NOT NULL, `value` varchar(250), external_service_id BIGINT NOT NULL,
  KEY FK_c_external_service_properties_c_external_service (external_service_id),
  CONSTRAINT FK_c_external_service_properties_c_external_service FOREIGN KEY (external_service_id) REFERENCES c_external_service (id)
);
CREATE TABLE job (
  id BIGINT NOT NULL, `name` varchar(100) NOT NULL, display_name varchar(100) NOT NULL,
  cron_expression varchar(20) NOT NULL, create_time datetime NOT NULL, task_priority SMALLINT NOT NULL,
  group_name varchar(50), previous_run_start_time datetime, next_run_time datetime, job_key varchar(500),
  initializing_errorlog text, is_active tinyint NOT NULL, currently_running tinyint NOT NULL,
  updates_allowed tinyint NOT NULL, scheduler_group SMALLINT NOT NULL, is_misfired tinyint NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE job_run_history (
  id BIGINT NOT NULL, job_id BIGINT NOT NULL, version BIGINT NOT NULL, start_time datetime NOT NULL,
  end_time datetime NOT NULL, `status` varchar(10) NOT NULL, error_message text,
  trigger_type varchar(25) NOT NULL, error_log text, PRIMARY KEY (id), KEY scheduledjobsFK (job_id),
  CONSTRAINT scheduledjobsFK FOREIGN KEY (job_id) REFERENCES job (id)
);
CREATE TABLE mix_taxonomy (
  id INT unsigned NOT NULL, `name` varchar(100), namespace_id INT, dimension varchar(100), `type` INT,
  description varchar(1000), need_mapping tinyint, PRIMARY KEY (id)
);
CREATE TABLE mix_taxonomy_mapping (
  id INT unsigned NOT NULL, identifier varchar(50) NOT NULL, config varchar(200), last_update_date datetime,
  currency varchar(11), PRIMARY KEY (id)
);
CREATE TABLE mix_xbrl_namespace (
  id INT unsigned NOT NULL, prefix varchar(20) NOT NULL, url varchar(100), PRIMARY KEY (id),
  UNIQUE KEY UNQUE (prefix)
);
CREATE TABLE m_account_transfer_details (
  id BIGINT NOT NULL, from_office_id BIGINT NOT NULL, to_office_id BIGINT NOT NULL, from_client_id BIGINT,
  to_client_id BIGINT, from_savings_account_id BIGINT, to_savings_account_id BIGINT,
  from_loan_account_id BIGINT, to_loan_account_id BIGINT, transfer_type SMALLINT, PRIMARY KEY (id),
  KEY FK_m_account_transfer_details_from_office (from_office_id),
  KEY FK_m_account_transfer_details_to_office (to_office_id),
  KEY FK_m_account_transfer_details_from_client (from_client_id),
  KEY FK_m_account_transfer_details_to_client (to_client_id),
  KEY FK_m_account_transfer_details_from_savings_account (from_savings_account_id),
  KEY FK_m_account_transfer_details_to_savings_account (to_savings_account_id),
  KEY FK_m_account_transfer_details_from_loan_account (from_loan_account_id),
  KEY FK_m_account_transfer_details_to_loan_account (to_loan_account_id),
  CONSTRAINT FK_m_account_transfer_details_from_client FOREIGN KEY (from_client_id) REFERENCES m_client (id),
  CONSTRAINT FK_m_account_transfer_details_from_loan_account FOREIGN KEY (from_loan_account_id) REFERENCES m_loan (id),
  CONSTRAINT FK_m_account_transfer_details_from_office FOREIGN KEY (from_office_id) REFERENCES m_office (id),
  CONSTRAINT FK_m_account_transfer_details_from_savings_account FOREIGN KEY (from_savings_account_id) REFERENCES m_savings_account (id),
  CONSTRAINT FK_m_account_transfer_details_to_client FOREIGN KEY (to_client_id) REFERENCES m_client (id),
  CONSTRAINT FK_m_account_transfer_details_to_loan_account FOREIGN KEY (to_loan_account_id) REFERENCES m_loan (id),
  CONSTRAINT FK_m_account_transfer_details_to_office FOREIGN KEY (to_office_id) REFERENCES m_office (id),
  CONSTRAINT FK_m_account_transfer_details_to_savings_account FOREIGN KEY (to_savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_account_transfer_standing_instructions (
  id BIGINT NOT NULL, `name` varchar(250) NOT NULL, account_transfer_details_id BIGINT NOT NULL,
  priority TINYINT NOT NULL, `status` TINYINT NOT NULL, instruction_type TINYINT NOT NULL,
  amount decimal(19,6), valid_from date NOT NULL, valid_till date, recurrence_type tinyint NOT NULL,
  recurrence_frequency SMALLINT, recurrence_interval SMALLINT, recurrence_on_day SMALLINT,
  recurrence_on_month SMALLINT, last_run_date date, PRIMARY KEY (id), UNIQUE KEY name (name),
  KEY FK_m_standing_instructions_account_transfer_details (account_transfer_details_id),
  CONSTRAINT FK_m_standing_instructions_account_transfer_details FOREIGN KEY (account_transfer_details_id) REFERENCES m_account_transfer_details (id)
);
CREATE TABLE m_account_transfer_standing_instructions_history (
  id BIGINT NOT NULL, standing_instruction_id BIGINT NOT NULL, `status` varchar(20) NOT NULL,
  execution_time datetime NOT NULL, amount decimal(19,6) NOT NULL, error_log varchar(500), PRIMARY KEY (id),
  KEY FK_m_account_transfer_standing_instructions_history (standing_instruction_id),
  CONSTRAINT FK_m_account_transfer_standing_instructions_m_history FOREIGN KEY (standing_instruction_id) REFERENCES m_account_transfer_standing_instructions (id)
);
CREATE TABLE m_account_transfer_transaction (
  id BIGINT NOT NULL, account_transfer_details_id BIGINT NOT NULL, from_savings_transaction_id BIGINT,
  from_loan_transaction_id BIGINT, to_savings_transaction_id BIGINT, to_loan_transaction_id BIGINT,
  is_reversed tinyint NOT NULL, transaction_date date NOT NULL, currency_code varchar(3) NOT NULL,
  currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT, amount decimal(19,6) NOT NULL,
  description varchar(200) NOT NULL, PRIMARY KEY (id),
  KEY FK_m_account_transfer_transaction_from_m_savings_transaction (from_savings_transaction_id),
  KEY FK_m_account_transfer_transaction_to_m_savings_transaction (to_savings_transaction_id),
  KEY FK_m_account_transfer_transaction_to_m_loan_transaction (to_loan_transaction_id),
  KEY FK_m_account_transfer_transaction_from_m_loan_transaction (from_loan_transaction_id),
  KEY FK_m_account_transfer_transaction_account_detail (account_transfer_details_id),
  CONSTRAINT FK_m_account_transfer_transaction_account_detail FOREIGN KEY (account_transfer_details_id) REFERENCES m_account_transfer_details (id),
  CONSTRAINT FK_m_account_transfer_transaction_from_m_loan_transaction FOREIGN KEY (from_loan_transaction_id) REFERENCES m_loan_transaction (id),
  CONSTRAINT FK_m_account_transfer_transaction_from_m_savings_transaction FOREIGN KEY (from_savings_transaction_id) REFERENCES m_savings_account_transaction (id),
  CONSTRAINT FK_m_account_transfer_transaction_to_m_loan_transaction FOREIGN KEY (to_loan_transaction_id) REFERENCES m_loan_transaction (id),
  CONSTRAINT FK_m_account_transfer_transaction_to_m_savings_transaction FOREIGN KEY (to_savings_transaction_id) REFERENCES m_savings_account_transaction (id)
);
CREATE TABLE m_address (
  id BIGINT NOT NULL, street varchar(100), address_line_1 varchar(100), address_line_2 varchar(100),
  address_line_3 varchar(100), town_village varchar(100), city varchar(100), county_district varchar(100),
  state_province_id INT, country_id INT, postal_code varchar(10), latitude decimal(10,8),
  longitude decimal(10,8), created_by varchar(100), created_on date, updated_by varchar(100), updated_on date,
  PRIMARY KEY (id), KEY address_fields_codefk1 (state_province_id), KEY address_fields_codefk2 (country_id),
  CONSTRAINT address_fields_codefk1 FOREIGN KEY (state_province_id) REFERENCES m_code_value (id),
  CONSTRAINT address_fields_codefk2 FOREIGN KEY (country_id) REFERENCES m_code_value (id)
);
CREATE TABLE m_appuser (
  id BIGINT NOT NULL, is_deleted tinyint NOT NULL, office_id BIGINT, staff_id BIGINT,
  username varchar(100) NOT NULL, firstname varchar(100) NOT NULL, lastname varchar(100) NOT NULL,
  password varchar(255) NOT NULL, email varchar(100) NOT NULL, firsttime_login_remaining bit(1) NOT NULL,
  nonexpired bit(1) NOT NULL, nonlocked bit(1) NOT NULL, nonexpired_credentials bit(1) NOT NULL,
  enabled bit(1) NOT NULL, last_time_password_updated date NOT NULL, password_never_expires TINYINT NOT NULL,
  is_self_service_user bit(1) NOT NULL, PRIMARY KEY (id), UNIQUE KEY username_org (username),
  KEY FKB3D587CE0DD567A (office_id), KEY fk_m_appuser_002x (staff_id),
  KEY last_time_password_updated (last_time_password_updated),
  CONSTRAINT FKB3D587CE0DD567A FOREIGN KEY (office_id) REFERENCES m_office (id),
  CONSTRAINT fk_m_appuser_002 FOREIGN KEY (staff_id) REFERENCES m_staff (id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE m_appuser_previous_password (
  id BIGINT NOT NULL, user_id BIGINT NOT NULL, password varchar(255) NOT NULL, removal_date date NOT NULL,
  PRIMARY KEY (id), KEY user_id (user_id),
  CONSTRAINT m_appuser_previous_password_ibfk_1 FOREIGN KEY (user_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_appuser_role (
  appuser_id BIGINT NOT NULL, role_id BIGINT NOT NULL, PRIMARY KEY (appuser_id,role_id),
  KEY FK7662CE59B4100309 (appuser_id), KEY FK7662CE5915CEC7AB (role_id),
  CONSTRAINT FK7662CE5915CEC7AB FOREIGN KEY (role_id) REFERENCES m_role (id),
  CONSTRAINT FK7662CE59B4100309 FOREIGN KEY (appuser_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_calendar (
  id BIGINT NOT NULL, title varchar(70) NOT NULL, description varchar(100), location varchar(50),
  start_date date NOT NULL, end_date date, duration SMALLINT, calendar_type_enum SMALLINT NOT NULL,
  repeating tinyint NOT NULL, recurrence varchar(100), remind_by_enum SMALLINT, first_reminder smallint,
  second_reminder smallint, createdby_id BIGINT, lastmodifiedby_id BIGINT, created_date datetime,
  lastmodified_date datetime, meeting_time time, PRIMARY KEY (id)
);
CREATE TABLE m_calendar_history (
  id BIGINT NOT NULL, calendar_id BIGINT NOT NULL, title varchar(70) NOT NULL, description varchar(100),
  location varchar(50), start_date date NOT NULL, end_date date, duration SMALLINT,
  calendar_type_enum SMALLINT NOT NULL, repeating tinyint NOT NULL, recurrence varchar(100),
  remind_by_enum SMALLINT, first_reminder smallint, second_reminder smallint, PRIMARY KEY (id),
  KEY FK_m_calendar_m_calendar_history (calendar_id),
  CONSTRAINT FK_m_calendar_m_calendar_history FOREIGN KEY (calendar_id) REFERENCES m_calendar (id)
);
CREATE TABLE m_calendar_instance (
  id BIGINT NOT NULL, calendar_id BIGINT NOT NULL, entity_id BIGINT NOT NULL,
  entity_type_enum SMALLINT NOT NULL, PRIMARY KEY (id), KEY FK_m_calendar_m_calendar_instance (calendar_id),
  CONSTRAINT FK_m_calendar_m_calendar_instance FOREIGN KEY (calendar_id) REFERENCES m_calendar (id)
);
CREATE TABLE m_cashiers (
  id BIGINT NOT NULL, staff_id BIGINT, teller_id BIGINT, description varchar(100), start_date date,
  end_date date, start_time varchar(10), end_time varchar(10), full_day TINYINT, PRIMARY KEY (id),
  KEY IK_m_cashiers_m_staff (staff_id), KEY IK_m_cashiers_m_teller (teller_id),
  CONSTRAINT FK_m_cashiers_m_staff FOREIGN KEY (staff_id) REFERENCES m_staff (id),
  CONSTRAINT FK_m_cashiers_m_teller FOREIGN KEY (teller_id) REFERENCES m_tellers (id)
);
CREATE TABLE m_cashier_transactions (
  id BIGINT NOT NULL, cashier_id BIGINT NOT NULL, txn_type SMALLINT NOT NULL,
  txn_amount decimal(19,6) NOT NULL, txn_date date NOT NULL, created_date datetime NOT NULL,
  entity_type varchar(50), entity_id BIGINT, txn_note varchar(200), currency_code varchar(3),
  PRIMARY KEY (id), KEY IK_m_teller_transactions_m_cashier (cashier_id),
  CONSTRAINT FK_m_teller_transactions_m_cashiers FOREIGN KEY (cashier_id) REFERENCES m_cashiers (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE m_charge (
  id BIGINT NOT NULL, `name` varchar(100), currency_code varchar(3) NOT NULL,
  charge_applies_to_enum SMALLINT NOT NULL, charge_time_enum SMALLINT NOT NULL,
  charge_calculation_enum SMALLINT NOT NULL, charge_payment_mode_enum SMALLINT, amount decimal(19,6) NOT NULL,
  fee_on_day SMALLINT, fee_interval SMALLINT, fee_on_month SMALLINT, is_penalty tinyint NOT NULL,
  is_active tinyint NOT NULL, is_deleted tinyint NOT NULL, min_cap decimal(19,6), max_cap decimal(19,6),
  fee_frequency SMALLINT, income_or_liability_account_id BIGINT, tax_group_id BIGINT, PRIMARY KEY (id),
  UNIQUE KEY name (name), KEY FK_m_charge_acc_gl_account (income_or_liability_account_id),
  KEY FK_m_charge_m_tax_group (tax_group_id),
  CONSTRAINT FK_m_charge_acc_gl_account FOREIGN KEY (income_or_liability_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_m_charge_m_tax_group FOREIGN KEY (tax_group_id) REFERENCES m_tax_group (id)
);
CREATE TABLE m_client (
  id BIGINT NOT NULL, account_no varchar(20) NOT NULL, external_id varchar(100), status_enum INT NOT NULL,
  sub_status INT, activation_date date, office_joining_date date, office_id BIGINT NOT NULL,
  transfer_to_office_id BIGINT, staff_id BIGINT, firstname varchar(50), middlename varchar(50),
  lastname varchar(50), fullname varchar(100), display_name varchar(100) NOT NULL, mobile_no varchar(50),
  gender_cv_id INT, date_of_birth date, image_id BIGINT, closure_reason_cv_id INT, closedon_date date,
  updated_by BIGINT, updated_on date, submittedon_date date, submittedon_userid BIGINT,
  activatedon_userid BIGINT, closedon_userid BIGINT, default_savings_product BIGINT,
  default_savings_account BIGINT, client_type_cv_id INT, client_classification_cv_id INT,
  reject_reason_cv_id INT, rejectedon_date date, rejectedon_userid BIGINT, withdraw_reason_cv_id INT,
  withdrawn_on_date date, withdraw_on_userid BIGINT, reactivated_on_date date, reactivated_on_userid BIGINT,
  legal_form_enum INT, reopened_on_date date, reopened_by_userid BIGINT, PRIMARY KEY (id),
  UNIQUE KEY account_no_UNIQUE (account_no), UNIQUE KEY external_id (external_id),
  UNIQUE KEY mobile_no_UNIQUE (mobile_no), KEY FKCE00CAB3E0DD567A (office_id),
  KEY FK_m_client_m_image (image_id), KEY client_staff_id (staff_id),
  KEY FK_m_client_m_code (closure_reason_cv_id), KEY FK_m_client_m_office (transfer_to_office_id),
  KEY FK_m_client_m_savings_product (default_savings_product),
  KEY FK_m_client_m_savings_account (default_savings_account),
  KEY FK_m_client_type_m_code_value (client_type_cv_id),
  KEY FK_m_client_classification_m_code_value (client_classification_cv_id),
  KEY FK1_m_client_gender_m_code_value (gender_cv_id), KEY FK_m_client_substatus_m_code_value (sub_status),
  KEY FK_m_client_type_mcode_value_reject (reject_reason_cv_id),
  KEY FK_m_client_type_m_code_value_withdraw (withdraw_reason_cv_id),
  CONSTRAINT FK1_m_client_gender_m_code_value FOREIGN KEY (gender_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FKCE00CAB3E0DD567A FOREIGN KEY (office_id) REFERENCES m_office (id),
  CONSTRAINT FK_m_client_classification_m_code_value FOREIGN KEY (client_classification_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_client_m_code FOREIGN KEY (closure_reason_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_client_m_image FOREIGN KEY (image_id) REFERENCES m_image (id),
  CONSTRAINT FK_m_client_m_office FOREIGN KEY (transfer_to_office_id) REFERENCES m_office (id),
  CONSTRAINT FK_m_client_m_savings_account FOREIGN KEY (default_savings_account) REFERENCES m_savings_account (id),
  CONSTRAINT FK_m_client_m_savings_product FOREIGN KEY (default_savings_product) REFERENCES m_savings_product (id),
  CONSTRAINT FK_m_client_m_staff FOREIGN KEY (staff_id) REFERENCES m_staff (id),
  CONSTRAINT FK_m_client_substatus_m_code_value FOREIGN KEY (sub_status) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_client_type_m_code_value FOREIGN KEY (client_type_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_client_type_m_code_value_withdraw FOREIGN KEY (withdraw_reason_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_client_type_mcode_value_reject FOREIGN KEY (reject_reason_cv_id) REFERENCES m_code_value (id)
);
CREATE TABLE m_client_address (
  id BIGINT NOT NULL, client_id BIGINT NOT NULL, address_id BIGINT NOT NULL, address_type_id INT NOT NULL,
  is_active TINYINT NOT NULL, PRIMARY KEY (id), KEY addressIdFk (address_id),
  KEY address_codefk (address_type_id), KEY clientaddressfk (client_id),
  CONSTRAINT address_codefk FOREIGN KEY (address_type_id) REFERENCES m_code_value (id),
  CONSTRAINT clientaddressfk FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_client_attendance (
  id BIGINT NOT NULL, client_id BIGINT NOT NULL, meeting_id BIGINT NOT NULL,
  attendance_type_enum SMALLINT NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY unique_client_meeting_attendance (client_id,meeting_id),
  KEY FK_m_meeting_m_client_attendance (meeting_id),
  CONSTRAINT FK_m_client_m_client_attendance FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FK_m_meeting_m_client_attendance FOREIGN KEY (meeting_id) REFERENCES m_meeting (id)
);
CREATE TABLE m_client_charge (
  id BIGINT NOT NULL, client_id BIGINT NOT NULL, charge_id BIGINT NOT NULL, is_penalty tinyint NOT NULL,
  charge_time_enum SMALLINT NOT NULL, charge_due_date date, charge_calculation_enum SMALLINT NOT NULL,
  amount decimal(19,6) NOT NULL, amount_paid_derived decimal(19,6), amount_waived_derived decimal(19,6),
  amount_writtenoff_derived decimal(19,6), amount_outstanding_derived decimal(19,6) NOT NULL,
  is_paid_derived tinyint, waived tinyint, is_active tinyint, inactivated_on_date date, PRIMARY KEY (id),
  KEY FK_m_client_charge_m_client (client_id), KEY FK_m_client_charge_m_charge (charge_id),
  CONSTRAINT FK_m_client_charge_m_charge FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT FK_m_client_charge_m_client FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_client_charge_paid_by (
  id BIGINT NOT NULL, client_transaction_id BIGINT NOT NULL, client_charge_id BIGINT NOT NULL,
  amount decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK_m_client_charge_paid_by_m_client_transaction (client_transaction_id),
  KEY FK_m_client_charge_paid_by_m_client_charge (client_charge_id),
  CONSTRAINT FK_m_client_charge_paid_by_m_client_charge FOREIGN KEY (client_charge_id) REFERENCES m_client_charge (id),
  CONSTRAINT FK_m_client_charge_paid_by_m_client_transaction FOREIGN KEY (client_transaction_id) REFERENCES m_client_transaction (id)
);
CREATE TABLE m_client_identifier (
  id BIGINT NOT NULL, client_id BIGINT NOT NULL, document_type_id INT NOT NULL,
  document_key varchar(50) NOT NULL, `status` INT NOT NULL, active INT, description varchar(500),
  createdby_id BIGINT, lastmodifiedby_id BIGINT, created_date datetime, lastmodified_date datetime,
  PRIMARY KEY (id), UNIQUE KEY unique_identifier_key (document_type_id,document_key),
  UNIQUE KEY unique_active_client_identifier (client_id,document_type_id,active),
  KEY FK_m_client_document_m_client (client_id), KEY FK_m_client_document_m_code_value (document_type_id),
  CONSTRAINT FK_m_client_document_m_client FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FK_m_client_document_m_code_value FOREIGN KEY (document_type_id) REFERENCES m_code_value (id)
);
CREATE TABLE m_client_non_person (
  id BIGINT NOT NULL, client_id BIGINT NOT NULL, constitution_cv_id INT NOT NULL, incorp_no varchar(50),
  incorp_validity_till datetime, main_business_line_cv_id INT, remarks varchar(150), PRIMARY KEY (id),
  UNIQUE KEY client_id (client_id), KEY FK_client_id (client_id),
  CONSTRAINT FK_client_id FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_client_transaction (
  id BIGINT NOT NULL, client_id BIGINT NOT NULL, office_id BIGINT NOT NULL, currency_code varchar(3) NOT NULL,
  payment_detail_id BIGINT, is_reversed tinyint NOT NULL, external_id varchar(50),
  transaction_date date NOT NULL, transaction_type_enum SMALLINT NOT NULL, amount decimal(19,6) NOT NULL,
  created_date datetime NOT NULL, appuser_id BIGINT NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY external_id (external_id), KEY FK_m_client_transaction_m_client (client_id),
  KEY FK_m_client_transaction_m_appuser (appuser_id),
  CONSTRAINT FK_m_client_transaction_m_appuser FOREIGN KEY (appuser_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_m_client_transaction_m_client FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_code (
  id INT NOT NULL, code_name varchar(100), is_system_defined tinyint NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY code_name (code_name)
);
CREATE TABLE m_code_value (
  id INT NOT NULL, code_id INT NOT NULL, code_value varchar(100), code_description varchar(500),
  order_position INT NOT NULL, code_score INT, is_active tinyint NOT NULL, is_mandatory tinyint NOT NULL,
  PRIMARY KEY (id), UNIQUE KEY code_value (code_id,code_value), KEY FKCFCEA42640BE071Z (code_id),
  CONSTRAINT FKCFCEA42640BE071Z FOREIGN KEY (code_id) REFERENCES m_code (id)
);
CREATE TABLE m_currency (
  id BIGINT NOT NULL, code varchar(3) NOT NULL, decimal_places SMALLINT NOT NULL,
  currency_multiplesof SMALLINT, display_symbol varchar(10), `name` varchar(50) NOT NULL,
  internationalized_name_code varchar(50) NOT NULL, PRIMARY KEY (id), UNIQUE KEY code (code)
);
CREATE TABLE m_deposit_account_on_hold_transaction (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, amount decimal(19,6) NOT NULL,
  transaction_type_enum SMALLINT NOT NULL, transaction_date date NOT NULL, is_reversed tinyint NOT NULL,
  created_date datetime NOT NULL, PRIMARY KEY (id),
  KEY FK_deposit_on_hold_transaction_m_savings_account (savings_account_id),
  CONSTRAINT FK_deposit_on_hold_transaction_m_savings_account FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_deposit_account_recurring_detail (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, mandatory_recommended_deposit_amount decimal(19,6),
  is_mandatory TINYINT NOT NULL, allow_withdrawal TINYINT NOT NULL,
  adjust_advance_towards_future_payments TINYINT NOT NULL, is_calendar_inherited TINYINT NOT NULL,
  total_overdue_amount decimal(19,6), no_of_overdue_installments INT, PRIMARY KEY (id),
  KEY FKDARD00000000000001 (savings_account_id),
  CONSTRAINT FKDARD00000000000001 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_deposit_account_term_and_preclosure (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, min_deposit_term INT, max_deposit_term INT,
  min_deposit_term_type_enum SMALLINT, max_deposit_term_type_enum SMALLINT, in_multiples_of_deposit_term INT,
  in_multiples_of_deposit_term_type_enum SMALLINT, pre_closure_penal_applicable SMALLINT,
  pre_closure_penal_interest decimal(19,6), pre_closure_penal_interest_on_enum SMALLINT, deposit_period INT,
  deposit_period_frequency_enum SMALLINT, deposit_amount decimal(19,6), maturity_amount decimal(19,6),
  maturity_date date, on_account_closure_enum SMALLINT, expected_firstdepositon_date date,
  transfer_interest_to_linked_account tinyint NOT NULL, PRIMARY KEY (id),
  KEY FKDATP00000000000001 (savings_account_id),
  CONSTRAINT FKDATP00000000000001 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_deposit_product_interest_rate_chart (
  deposit_product_id BIGINT NOT NULL, interest_rate_chart_id BIGINT NOT NULL,
  UNIQUE KEY deposit_product_id_interest_rate_chart_id (deposit_product_id,interest_rate_chart_id),
  KEY FKDPIRC00000000000002 (interest_rate_chart_id),
  CONSTRAINT FKDPIRC00000000000001 FOREIGN KEY (deposit_product_id) REFERENCES m_savings_product (id),
  CONSTRAINT FKDPIRC00000000000002 FOREIGN KEY (interest_rate_chart_id) REFERENCES m_interest_rate_chart (id)
);
CREATE TABLE m_deposit_product_recurring_detail (
  id BIGINT NOT NULL, savings_product_id BIGINT NOT NULL, is_mandatory tinyint NOT NULL,
  allow_withdrawal tinyint NOT NULL, adjust_advance_towards_future_payments tinyint NOT NULL,
  PRIMARY KEY (id), KEY FKDPRD00000000000001 (savings_product_id),
  CONSTRAINT FKDPRD00000000000001 FOREIGN KEY (savings_product_id) REFERENCES m_savings_product (id)
);
CREATE TABLE m_deposit_product_term_and_preclosure (
  id BIGINT NOT NULL, savings_product_id BIGINT NOT NULL, min_deposit_term INT, max_deposit_term INT,
  min_deposit_term_type_enum SMALLINT, max_deposit_term_type_enum SMALLINT, in_multiples_of_deposit_term INT,
  in_multiples_of_deposit_term_type_enum SMALLINT, pre_closure_penal_applicable SMALLINT,
  pre_closure_penal_interest decimal(19,6), pre_closure_penal_interest_on_enum SMALLINT,
  min_deposit_amount decimal(19,6), max_deposit_amount decimal(19,6), deposit_amount decimal(19,6),
  PRIMARY KEY (id), KEY FKDPTP00000000000001 (savings_product_id),
  CONSTRAINT FKDPTP00000000000001 FOREIGN KEY (savings_product_id) REFERENCES m_savings_product (id)
);
CREATE TABLE m_document (
  id INT NOT NULL, parent_entity_type varchar(50) NOT NULL, parent_entity_id INT NOT NULL,
  `name` varchar(250) NOT NULL, file_name varchar(250) NOT NULL, size INT, `type` varchar(500),
  description varchar(1000), location varchar(500) NOT NULL, storage_type_enum SMALLINT, PRIMARY KEY (id)
);
CREATE TABLE m_entity_datatable_check (
  id INT NOT NULL, application_table_name varchar(200) NOT NULL, x_registered_table_name varchar(50) NOT NULL,
  status_enum INT NOT NULL, system_defined TINYINT NOT NULL, product_id BIGINT, PRIMARY KEY (id),
  UNIQUE KEY unique_entity_check (application_table_name,x_registered_table_name,status_enum,product_id),
  KEY x_registered_table_name (x_registered_table_name), KEY product_id (product_id),
  CONSTRAINT m_entity_datatable_check_ibfk_1 FOREIGN KEY (x_registered_table_name) REFERENCES x_registered_table (registered_table_name)
);
CREATE TABLE m_entity_relation (
  id BIGINT NOT NULL, from_entity_type INT NOT NULL, to_entity_type INT NOT NULL,
  code_name varchar(50) NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY from_entity_type_to_entity_type_code_name (from_entity_type,to_entity_type,code_name)
);
CREATE TABLE m_entity_to_entity_access (
  id BIGINT NOT NULL, entity_type varchar(50) NOT NULL, entity_id BIGINT NOT NULL,
  access_type_code_value_id INT NOT NULL, second_entity_type varchar(50) NOT NULL,
  second_entity_id BIGINT NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY id_uniq_m_entity_to_entity_access (entity_type,entity_id,access_type_code_value_id,second_entity_type,second_entity_id),
  KEY IDX_OFFICE (entity_type,entity_id), KEY FK_access_type_code_m_code_value (access_type_code_value_id),
  CONSTRAINT FK_access_type_code_m_code_value FOREIGN KEY (access_type_code_value_id) REFERENCES m_code_value (id)
);
CREATE TABLE m_entity_to_entity_mapping (
  id BIGINT NOT NULL, rel_id BIGINT NOT NULL, from_id BIGINT NOT NULL, to_id BIGINT unsigned NOT NULL,
  start_date date, end_date date, PRIMARY KEY (id), UNIQUE KEY rel_id_from_id_to_id (rel_id,from_id,to_id),
  CONSTRAINT FK__rel_id_m_entity_relation_id FOREIGN KEY (rel_id) REFERENCES m_entity_relation (id)
);
CREATE TABLE m_field_configuration (
  id BIGINT NOT NULL, entity varchar(100) NOT NULL, subentity varchar(100) NOT NULL,
  field varchar(100) NOT NULL, is_enabled TINYINT NOT NULL, is_mandatory TINYINT NOT NULL,
  validation_regex varchar(50), PRIMARY KEY (id)
);
CREATE TABLE m_floating_rates (
  id BIGINT NOT NULL, `name` varchar(200) NOT NULL, is_base_lending_rate bit(1) NOT NULL,
  is_active bit(1) NOT NULL, createdby_id BIGINT NOT NULL, created_date datetime NOT NULL,
  lastmodifiedby_id BIGINT NOT NULL, lastmodified_date datetime NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY unq_name (name)
);
CREATE TABLE m_floating_rates_periods (
  id BIGINT NOT NULL, floating_rates_id BIGINT NOT NULL, from_date datetime NOT NULL,
  interest_rate decimal(19,6) NOT NULL, is_differential_to_base_lending_rate bit(1) NOT NULL,
  is_active bit(1) NOT NULL, createdby_id BIGINT NOT NULL, created_date datetime NOT NULL,
  lastmodifiedby_id BIGINT NOT NULL, lastmodified_date datetime NOT NULL, PRIMARY KEY (id),
  KEY FK_mappings_m_floating_rates (floating_rates_id),
  CONSTRAINT FK_mappings_m_floating_rates FOREIGN KEY (floating_rates_id) REFERENCES m_floating_rates (id)
);
CREATE TABLE m_fund (
  id BIGINT NOT NULL, `name` varchar(255), external_id varchar(100), PRIMARY KEY (id),
  UNIQUE KEY fund_name_org (name), UNIQUE KEY fund_externalid_org (external_id)
);
CREATE TABLE m_group (
  id BIGINT NOT NULL, external_id varchar(100), status_enum INT NOT NULL, activation_date date,
  office_id BIGINT NOT NULL, staff_id BIGINT, parent_id BIGINT, level_id INT NOT NULL,
  display_name varchar(100) NOT NULL, hierarchy varchar(100), closure_reason_cv_id INT, closedon_date date,
  activatedon_userid BIGINT, submittedon_date date, submittedon_userid BIGINT, closedon_userid BIGINT,
  account_no varchar(20) NOT NULL, PRIMARY KEY (id), UNIQUE KEY name (display_name,level_id),
  UNIQUE KEY external_id (external_id,level_id), UNIQUE KEY external_id_UNIQUE (external_id),
  KEY office_id (office_id), KEY staff_id (staff_id), KEY Parent_Id_reference (parent_id),
  KEY FK_m_group_level (level_id), KEY FK_m_group_m_code (closure_reason_cv_id),
  CONSTRAINT FK_m_group_level FOREIGN KEY (level_id) REFERENCES m_group_level (id),
  CONSTRAINT FK_m_group_m_code FOREIGN KEY (closure_reason_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_group_m_staff FOREIGN KEY (staff_id) REFERENCES m_staff (id),
  CONSTRAINT Parent_Id_reference FOREIGN KEY (parent_id) REFERENCES m_group (id),
  CONSTRAINT m_group_ibfk_1 FOREIGN KEY (office_id) REFERENCES m_office (id)
);
CREATE TABLE m_group_client (
  group_id BIGINT NOT NULL, client_id BIGINT NOT NULL, PRIMARY KEY (group_id,client_id),
  KEY client_id (client_id), CONSTRAINT m_group_client_ibfk_1 FOREIGN KEY (group_id) REFERENCES m_group (id),
  CONSTRAINT m_group_client_ibfk_2 FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_group_level (
  id INT NOT NULL, parent_id INT, super_parent tinyint NOT NULL, level_name varchar(100) NOT NULL,
  recursable tinyint NOT NULL, can_have_clients tinyint NOT NULL, PRIMARY KEY (id),
  KEY Parent_levelId_reference (parent_id),
  CONSTRAINT Parent_levelId_reference FOREIGN KEY (parent_id) REFERENCES m_group_level (id)
);
CREATE TABLE m_group_roles (
  id BIGINT NOT NULL, client_id BIGINT, group_id BIGINT, role_cv_id INT, PRIMARY KEY (id),
  UNIQUE KEY UNIQUE_GROUP_ROLES (client_id,group_id,role_cv_id), KEY FKGroupRoleClientId (client_id),
  KEY FKGroupRoleGroupId (group_id), KEY FK_grouprole_m_codevalue (role_cv_id),
  CONSTRAINT FKGroupRoleClientId FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FKGroupRoleGroupId FOREIGN KEY (group_id) REFERENCES m_group (id),
  CONSTRAINT FK_grouprole_m_codevalue FOREIGN KEY (role_cv_id) REFERENCES m_code_value (id)
);
CREATE TABLE m_guarantor (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, client_reln_cv_id INT, type_enum SMALLINT NOT NULL,
  entity_id BIGINT, firstname varchar(50), lastname varchar(50), dob date, address_line_1 varchar(500),
  address_line_2 varchar(500), city varchar(50), state varchar(50), country varchar(50), zip varchar(20),
  house_phone_number varchar(20), mobile_number varchar(20), comment varchar(500), is_active tinyint NOT NULL,
  PRIMARY KEY (id), KEY FK_m_guarantor_m_loan (loan_id), KEY FK_m_guarantor_m_code_value (client_reln_cv_id),
  CONSTRAINT FK_m_guarantor_m_code_value FOREIGN KEY (client_reln_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_m_guarantor_m_loan FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_guarantor_funding_details (
  id BIGINT NOT NULL, guarantor_id BIGINT NOT NULL, account_associations_id BIGINT NOT NULL,
  amount decimal(19,6) NOT NULL, amount_released_derived decimal(19,6),
  amount_remaining_derived decimal(19,6), amount_transfered_derived decimal(19,6),
  status_enum SMALLINT NOT NULL, PRIMARY KEY (id), KEY FK_m_guarantor_fund_details_m_guarantor (guarantor_id),
  KEY FK_m_guarantor_fund_details_account_associations_id (account_associations_id),
  CONSTRAINT FK_m_guarantor_fund_details_account_associations_id FOREIGN KEY (account_associations_id) REFERENCES m_portfolio_account_associations (id),
  CONSTRAINT FK_m_guarantor_fund_details_m_guarantor FOREIGN KEY (guarantor_id) REFERENCES m_guarantor (id)
);
CREATE TABLE m_guarantor_transaction (
  id BIGINT NOT NULL, guarantor_fund_detail_id BIGINT NOT NULL, loan_transaction_id BIGINT,
  deposit_on_hold_transaction_id BIGINT NOT NULL, is_reversed tinyint NOT NULL, PRIMARY KEY (id),
  KEY FK_guarantor_transaction_m_deposit_account_on_hold_transaction (deposit_on_hold_transaction_id),
  KEY FK_guarantor_transaction_guarantor_fund_detail (guarantor_fund_detail_id),
  KEY FK_guarantor_transaction_m_loan_transaction (loan_transaction_id),
  CONSTRAINT FK_guarantor_transaction_guarantor_fund_detail FOREIGN KEY (guarantor_fund_detail_id) REFERENCES m_guarantor_funding_details (id),
  CONSTRAINT FK_guarantor_transaction_m_deposit_account_on_hold_transaction FOREIGN KEY (deposit_on_hold_transaction_id) REFERENCES m_deposit_account_on_hold_transaction (id),
  CONSTRAINT FK_guarantor_transaction_m_loan_transaction FOREIGN KEY (loan_transaction_id) REFERENCES m_loan_transaction (id)
);
CREATE TABLE m_holiday (
  id BIGINT NOT NULL, `name` varchar(100) NOT NULL, from_date datetime NOT NULL, to_date datetime NOT NULL,
  repayments_rescheduled_to datetime NOT NULL, status_enum INT NOT NULL, processed tinyint NOT NULL,
  description varchar(100), PRIMARY KEY (id), UNIQUE KEY holiday_name (name,from_date)
);
CREATE TABLE m_holiday_office (
  holiday_id BIGINT NOT NULL, office_id BIGINT NOT NULL, PRIMARY KEY (holiday_id,office_id),
  KEY m_holiday_id_ibfk_1 (holiday_id), KEY m_office_id_ibfk_2 (office_id),
  CONSTRAINT m_holiday_id_ibfk_1 FOREIGN KEY (holiday_id) REFERENCES m_holiday (id),
  CONSTRAINT m_office_id_ibfk_2 FOREIGN KEY (office_id) REFERENCES m_office (id)
);
CREATE TABLE m_hook (
  id BIGINT NOT NULL, template_id SMALLINT NOT NULL, is_active SMALLINT NOT NULL, `name` varchar(45) NOT NULL,
  createdby_id BIGINT, created_date datetime, lastmodifiedby_id BIGINT, lastmodified_date datetime,
  ugd_template_id BIGINT, PRIMARY KEY (id), KEY fk_template_id_idx (template_id),
  KEY fk_ugd_template_id (ugd_template_id),
  CONSTRAINT fk_template_id FOREIGN KEY (template_id) REFERENCES m_hook_templates (id),
  CONSTRAINT fk_ugd_template_id FOREIGN KEY (ugd_template_id) REFERENCES m_template (id)
);
CREATE TABLE m_hook_configuration (
  id BIGINT NOT NULL, hook_id BIGINT, field_type varchar(45) NOT NULL, field_name varchar(100) NOT NULL,
  field_value varchar(100) NOT NULL, PRIMARY KEY (id), KEY fk_hook_id_idx (hook_id),
  CONSTRAINT fk_hook_id_cfg FOREIGN KEY (hook_id) REFERENCES m_hook (id)
);
CREATE TABLE m_hook_registered_events (
  id BIGINT NOT NULL, hook_id BIGINT NOT NULL, entity_name varchar(45) NOT NULL,
  action_name varchar(45) NOT NULL, PRIMARY KEY (id), KEY fk_hook_id_idx (hook_id),
  CONSTRAINT fk_hook_idc FOREIGN KEY (hook_id) REFERENCES m_hook (id)
);
CREATE TABLE m_hook_schema (
  id SMALLINT NOT NULL, hook_template_id SMALLINT NOT NULL, field_type varchar(45) NOT NULL,
  field_name varchar(100) NOT NULL, placeholder varchar(100), optional TINYINT NOT NULL, PRIMARY KEY (id),
  KEY fk_hook_template_id_idx (hook_template_id),
  CONSTRAINT fk_hook_template_id FOREIGN KEY (hook_template_id) REFERENCES m_hook_templates (id)
);
CREATE TABLE m_hook_templates (
  id SMALLINT NOT NULL, `name` varchar(45) NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE m_image (
  id BIGINT NOT NULL, location varchar(500), storage_type_enum SMALLINT, PRIMARY KEY (id)
);
CREATE TABLE m_interest_incentives (
  id BIGINT NOT NULL, interest_rate_slab_id BIGINT NOT NULL, entiry_type SMALLINT NOT NULL,
  attribute_name SMALLINT NOT NULL, condition_type SMALLINT NOT NULL, attribute_value varchar(50) NOT NULL,
  incentive_type SMALLINT NOT NULL, amount decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK_m_interest_incentives_m_interest_rate_slab (interest_rate_slab_id),
  CONSTRAINT FK_m_interest_incentives_m_interest_rate_slab FOREIGN KEY (interest_rate_slab_id) REFERENCES m_interest_rate_slab (id)
);
CREATE TABLE m_interest_rate_chart (
  id BIGINT NOT NULL, `name` varchar(100), description varchar(200), from_date date NOT NULL, end_date date,
  is_primary_grouping_by_amount tinyint NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE m_interest_rate_slab (
  id BIGINT NOT NULL, interest_rate_chart_id BIGINT NOT NULL, description varchar(200),
  period_type_enum SMALLINT, from_period INT, to_period INT, amount_range_from decimal(19,6),
  amount_range_to decimal(19,6), annual_interest_rate decimal(19,6) NOT NULL,
  currency_code varchar(3) NOT NULL, PRIMARY KEY (id), KEY FKIRS00000000000001 (interest_rate_chart_id),
  CONSTRAINT FKIRS00000000000001 FOREIGN KEY (interest_rate_chart_id) REFERENCES m_interest_rate_chart (id)
);
CREATE TABLE m_loan (
  id BIGINT NOT NULL, account_no varchar(20) NOT NULL, external_id varchar(100), client_id BIGINT,
  group_id BIGINT, product_id BIGINT, fund_id BIGINT, loan_officer_id BIGINT, loanpurpose_cv_id INT,
  loan_status_id SMALLINT NOT NULL, loan_type_enum SMALLINT NOT NULL, currency_code varchar(3) NOT NULL,
  currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT,
  principal_amount_proposed decimal(19,6) NOT NULL, principal_amount decimal(19,6) NOT NULL,
  approved_principal decimal(19,6) NOT NULL, arrearstolerance_amount decimal(19,6),
  is_floating_interest_rate bit(1), interest_rate_differential decimal(19,6),
  nominal_interest_rate_per_period decimal(19,6), interest_period_frequency_enum SMALLINT,
  annual_nominal_interest_rate decimal(19,6), interest_method_enum SMALLINT NOT NULL,
  interest_calculated_in_period_enum SMALLINT NOT NULL,
  allow_partial_period_interest_calcualtion tinyint NOT NULL, term_frequency SMALLINT NOT NULL,
  term_period_frequency_enum SMALLINT NOT NULL, repay_every SMALLINT NOT NULL,
  repayment_period_frequency_enum SMALLINT NOT NULL, number_of_repayments SMALLINT NOT NULL,
  grace_on_principal_periods SMALLINT, recurring_moratorium_principal_periods SMALLINT,
  grace_on_interest_periods SMALLINT, grace_interest_free_periods SMALLINT,
  amortization_method_enum SMALLINT NOT NULL, submittedon_date date, submittedon_userid BIGINT,
  approvedon_date date, approvedon_userid BIGINT, expected_disbursedon_date date,
  expected_firstrepaymenton_date date, interest_calculated_from_date date, disbursedon_date date,
  disbursedon_userid BIGINT, expected_maturedon_date date, maturedon_date date, closedon_date date,
  closedon_userid BIGINT, total_charges_due_at_disbursement_derived decimal(19,6),
  principal_disbursed_derived decimal(19,6) NOT NULL, principal_repaid_derived decimal(19,6) NOT NULL,
  principal_writtenoff_derived decimal(19,6) NOT NULL, principal_outstanding_derived decimal(19,6) NOT NULL,
  interest_charged_derived decimal(19,6) NOT NULL, interest_repaid_derived decimal(19,6) NOT NULL,
  interest_waived_derived decimal(19,6) NOT NULL, interest_writtenoff_derived decimal(19,6) NOT NULL,
  interest_outstanding_derived decimal(19,6) NOT NULL, fee_charges_charged_derived decimal(19,6) NOT NULL,
  fee_charges_repaid_derived decimal(19,6) NOT NULL, fee_charges_waived_derived decimal(19,6) NOT NULL,
  fee_charges_writtenoff_derived decimal(19,6) NOT NULL,
  fee_charges_outstanding_derived decimal(19,6) NOT NULL,
  penalty_charges_charged_derived decimal(19,6) NOT NULL,
  penalty_charges_repaid_derived decimal(19,6) NOT NULL,
  penalty_charges_waived_derived decimal(19,6) NOT NULL,
  penalty_charges_writtenoff_derived decimal(19,6) NOT NULL,
  penalty_charges_outstanding_derived decimal(19,6) NOT NULL,
  total_expected_repayment_derived decimal(19,6) NOT NULL, total_repayment_derived decimal(19,6) NOT NULL,
  total_expected_costofloan_derived decimal(19,6) NOT NULL, total_costofloan_derived decimal(19,6) NOT NULL,
  total_waived_derived decimal(19,6) NOT NULL, total_writtenoff_derived decimal(19,6) NOT NULL,
  total_outstanding_derived decimal(19,6) NOT NULL, total_overpaid_derived decimal(19,6),
  rejectedon_date date, rejectedon_userid BIGINT, rescheduledon_date date, rescheduledon_userid BIGINT,
  withdrawnon_date date, withdrawnon_userid BIGINT, writtenoffon_date date,
  loan_transaction_strategy_id BIGINT, sync_disbursement_with_meeting tinyint, loan_counter SMALLINT,
  loan_product_counter SMALLINT, fixed_emi_amount decimal(19,6), max_outstanding_loan_balance decimal(19,6),
  grace_on_arrears_ageing SMALLINT, is_npa tinyint NOT NULL, total_recovered_derived decimal(19,6),
  accrued_till date, interest_recalcualated_on date, days_in_month_enum SMALLINT NOT NULL,
  days_in_year_enum SMALLINT NOT NULL, interest_recalculation_enabled TINYINT NOT NULL,
  guarantee_amount_derived decimal(19,6), create_standing_instruction_at_disbursement tinyint,
  version INT NOT NULL, writeoff_reason_cv_id INT, loan_sub_status_id SMALLINT, is_topup tinyint NOT NULL,
  PRIMARY KEY (id), UNIQUE KEY loan_account_no_UNIQUE (account_no),
  UNIQUE KEY loan_externalid_UNIQUE (external_id), KEY FKB6F935D87179A0CB (client_id),
  KEY FKB6F935D8C8D4B434 (product_id), KEY FK7C885877240145 (fund_id),
  KEY FK_m_loan_m_staff (loan_officer_id), KEY group_id (group_id),
  KEY FK_m_loanpurpose_codevalue (loanpurpose_cv_id), KEY FK_submittedon_userid (submittedon_userid),
  KEY FK_approvedon_userid (approvedon_userid), KEY FK_rejectedon_userid (rejectedon_userid),
  KEY FK_withdrawnon_userid (withdrawnon_userid), KEY FK_disbursedon_userid (disbursedon_userid),
  KEY FK_closedon_userid (closedon_userid), KEY fk_m_group_client_001_idx (group_id,client_id),
  KEY FK_writeoffreason_m_loan_m_code_value (writeoff_reason_cv_id),
  CONSTRAINT FK7C885877240145 FOREIGN KEY (fund_id) REFERENCES m_fund (id),
  CONSTRAINT FKB6F935D87179A0CB FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FKB6F935D8C8D4B434 FOREIGN KEY (product_id) REFERENCES m_product_loan (id),
  CONSTRAINT FK_approvedon_userid FOREIGN KEY (approvedon_userid) REFERENCES m_appuser (id),
  CONSTRAINT FK_closedon_userid FOREIGN KEY (closedon_userid) REFERENCES m_appuser (id),
  CONSTRAINT FK_disbursedon_userid FOREIGN KEY (disbursedon_userid) REFERENCES m_appuser (id),
  CONSTRAINT FK_m_loan_m_staff FOREIGN KEY (loan_officer_id) REFERENCES m_staff (id),
  CONSTRAINT FK_m_loanpurpose_codevalue FOREIGN KEY (loanpurpose_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_rejectedon_userid FOREIGN KEY (rejectedon_userid) REFERENCES m_appuser (id),
  CONSTRAINT FK_submittedon_userid FOREIGN KEY (submittedon_userid) REFERENCES m_appuser (id),
  CONSTRAINT FK_withdrawnon_userid FOREIGN KEY (withdrawnon_userid) REFERENCES m_appuser (id),
  CONSTRAINT FK_writeoffreason_m_loan_m_code_value FOREIGN KEY (writeoff_reason_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT m_loan_ibfk_1 FOREIGN KEY (group_id) REFERENCES m_group (id)
);
CREATE TABLE m_loanproduct_provisioning_entry (
  id BIGINT NOT NULL, history_id BIGINT NOT NULL, criteria_id BIGINT NOT NULL,
  currency_code varchar(3) NOT NULL, office_id BIGINT NOT NULL, product_id BIGINT NOT NULL,
  category_id BIGINT NOT NULL, overdue_in_days BIGINT, reseve_amount decimal(20,6), liability_account BIGINT,
  expense_account BIGINT, PRIMARY KEY (id), KEY history_id (history_id), KEY criteria_id (criteria_id),
  KEY currency_code (currency_code), KEY office_id (office_id), KEY product_id (product_id),
  KEY category_id (category_id), KEY liability_account (liability_account),
  KEY expense_account (expense_account),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_1 FOREIGN KEY (history_id) REFERENCES m_provisioning_history (id),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_2 FOREIGN KEY (criteria_id) REFERENCES m_provisioning_criteria (id),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_3 FOREIGN KEY (currency_code) REFERENCES m_currency (code),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_4 FOREIGN KEY (office_id) REFERENCES m_office (id),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_5 FOREIGN KEY (product_id) REFERENCES m_product_loan (id),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_6 FOREIGN KEY (category_id) REFERENCES m_provision_category (id),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_7 FOREIGN KEY (liability_account) REFERENCES acc_gl_account (id),
  CONSTRAINT m_loanproduct_provisioning_entry_ibfk_8 FOREIGN KEY (expense_account) REFERENCES acc_gl_account (id)
);
CREATE TABLE m_loanproduct_provisioning_mapping (
  id BIGINT NOT NULL, product_id BIGINT NOT NULL, criteria_id BIGINT NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY product_id (product_id), KEY criteria_id (criteria_id),
  CONSTRAINT m_loanproduct_provisioning_mapping_ibfk_1 FOREIGN KEY (product_id) REFERENCES m_product_loan (id),
  CONSTRAINT m_loanproduct_provisioning_mapping_ibfk_2 FOREIGN KEY (criteria_id) REFERENCES m_provisioning_criteria (id)
);
CREATE TABLE m_loan_arrears_aging (
  loan_id BIGINT NOT NULL, principal_overdue_derived decimal(19,6) NOT NULL,
  interest_overdue_derived decimal(19,6) NOT NULL, fee_charges_overdue_derived decimal(19,6) NOT NULL,
  penalty_charges_overdue_derived decimal(19,6) NOT NULL, total_overdue_derived decimal(19,6) NOT NULL,
  overdue_since_date_derived date, PRIMARY KEY (loan_id),
  CONSTRAINT m_loan_arrears_aging_ibfk_1 FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_charge (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, charge_id BIGINT NOT NULL, is_penalty tinyint NOT NULL,
  charge_time_enum SMALLINT NOT NULL, due_for_collection_as_of_date date,
  charge_calculation_enum SMALLINT NOT NULL, charge_payment_mode_enum SMALLINT NOT NULL,
  calculation_percentage decimal(19,6), calculation_on_amount decimal(19,6),
  charge_amount_or_percentage decimal(19,6), amount decimal(19,6) NOT NULL, amount_paid_derived decimal(19,6),
  amount_waived_derived decimal(19,6), amount_writtenoff_derived decimal(19,6),
  amount_outstanding_derived decimal(19,6) NOT NULL, is_paid_derived tinyint NOT NULL,
  waived tinyint NOT NULL, min_cap decimal(19,6), max_cap decimal(19,6), is_active tinyint NOT NULL,
  PRIMARY KEY (id), KEY charge_id (charge_id), KEY m_loan_charge_ibfk_2 (loan_id),
  CONSTRAINT m_loan_charge_ibfk_1 FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT m_loan_charge_ibfk_2 FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_charge_paid_by (
  id BIGINT NOT NULL, loan_transaction_id BIGINT NOT NULL, loan_charge_id BIGINT NOT NULL,
  amount decimal(19,6) NOT NULL, installment_number SMALLINT, PRIMARY KEY (id),
  KEY FK__m_loan_transaction (loan_transaction_id), KEY FK__m_loan_charge (loan_charge_id),
  CONSTRAINT FK__m_loan_charge FOREIGN KEY (loan_charge_id) REFERENCES m_loan_charge (id),
  CONSTRAINT FK__m_loan_transaction FOREIGN KEY (loan_transaction_id) REFERENCES m_loan_transaction (id)
);
CREATE TABLE m_loan_collateral (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, type_cv_id INT NOT NULL, `value` decimal(19,6),
  description varchar(500), PRIMARY KEY (id), KEY FK_collateral_m_loan (loan_id),
  KEY FK_collateral_code_value (type_cv_id),
  CONSTRAINT FK_collateral_code_value FOREIGN KEY (type_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT FK_collateral_m_loan FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_disbursement_detail (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, expected_disburse_date datetime NOT NULL,
  disbursedon_date datetime, principal decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK_loan_disbursement_detail_loan_id (loan_id),
  CONSTRAINT FK_loan_disbursement_detail_loan_id FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_installment_charge (
  id BIGINT NOT NULL, loan_charge_id BIGINT NOT NULL, loan_schedule_id BIGINT NOT NULL, due_date date,
  amount decimal(19,6) NOT NULL, amount_paid_derived decimal(19,6), amount_waived_derived decimal(19,6),
  amount_writtenoff_derived decimal(19,6), amount_outstanding_derived decimal(19,6) NOT NULL,
  is_paid_derived tinyint NOT NULL, waived tinyint NOT NULL, amount_through_charge_payment decimal(19,6),
  PRIMARY KEY (id), KEY FK_loan_charge_id_charge_schedule (loan_charge_id),
  KEY FK_loan_schedule_id_charge_schedule (loan_schedule_id),
  CONSTRAINT FK_loan_charge_id_charge_schedule FOREIGN KEY (loan_charge_id) REFERENCES m_loan_charge (id),
  CONSTRAINT FK_loan_schedule_id_charge_schedule FOREIGN KEY (loan_schedule_id) REFERENCES m_loan_repayment_schedule (id)
);
CREATE TABLE m_loan_interest_recalculation_additional_details (
  id BIGINT NOT NULL, loan_repayment_schedule_id BIGINT NOT NULL, effective_date date NOT NULL,
  amount decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK_additional_details_repayment_schedule_id (loan_repayment_schedule_id),
  CONSTRAINT FK_additional_details_repayment_schedule_id FOREIGN KEY (loan_repayment_schedule_id) REFERENCES m_loan_repayment_schedule (id)
);
CREATE TABLE m_loan_officer_assignment_history (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, loan_officer_id BIGINT, start_date date NOT NULL,
  end_date date, createdby_id BIGINT, created_date datetime, lastmodified_date datetime,
  lastmodifiedby_id BIGINT, PRIMARY KEY (id), KEY fk_m_loan_officer_assignment_history_0001 (loan_id),
  KEY fk_m_loan_officer_assignment_history_0002 (loan_officer_id),
  CONSTRAINT fk_m_loan_officer_assignment_history_0001 FOREIGN KEY (loan_id) REFERENCES m_loan (id),
  CONSTRAINT fk_m_loan_officer_assignment_history_0002 FOREIGN KEY (loan_officer_id) REFERENCES m_staff (id)
);
CREATE TABLE m_loan_overdue_installment_charge (
  id BIGINT NOT NULL, loan_charge_id BIGINT NOT NULL, loan_schedule_id BIGINT NOT NULL,
  frequency_number INT NOT NULL, PRIMARY KEY (id),
  KEY FK_m_loan_overdue_installment_charge_m_loan_charge (loan_charge_id),
  KEY FK_m_loan_overdue_installment_charge_m_loan_repayment_schedule (loan_schedule_id),
  CONSTRAINT FK_m_loan_overdue_installment_charge_m_loan_charge FOREIGN KEY (loan_charge_id) REFERENCES m_loan_charge (id),
  CONSTRAINT FK_m_loan_overdue_installment_charge_m_loan_repayment_schedule FOREIGN KEY (loan_schedule_id) REFERENCES m_loan_repayment_schedule (id)
);
CREATE TABLE m_loan_paid_in_advance (
  loan_id BIGINT NOT NULL, principal_in_advance_derived decimal(19,6) NOT NULL,
  interest_in_advance_derived decimal(19,6) NOT NULL, fee_charges_in_advance_derived decimal(19,6) NOT NULL,
  penalty_charges_in_advance_derived decimal(19,6) NOT NULL, total_in_advance_derived decimal(19,6) NOT NULL,
  PRIMARY KEY (loan_id), CONSTRAINT m_loan_paid_in_advance_ibfk_1 FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_recalculation_details (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, compound_type_enum SMALLINT NOT NULL,
  reschedule_strategy_enum SMALLINT NOT NULL, rest_frequency_type_enum SMALLINT NOT NULL,
  rest_frequency_interval SMALLINT NOT NULL, compounding_frequency_type_enum SMALLINT,
  compounding_frequency_interval SMALLINT, rest_frequency_nth_day_enum INT, rest_frequency_on_day INT,
  rest_frequency_weekday_enum INT, compounding_frequency_nth_day_enum INT, compounding_frequency_on_day INT,
  is_compounding_to_be_posted_as_transaction tinyint NOT NULL, compounding_frequency_weekday_enum INT,
  allow_compounding_on_eod tinyint NOT NULL, PRIMARY KEY (id),
  KEY FK_m_loan_m_loan_recalculation_details (loan_id),
  CONSTRAINT FK_m_loan_m_loan_recalculation_details FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_repayment_schedule (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, fromdate date, duedate date NOT NULL,
  installment SMALLINT NOT NULL, principal_amount decimal(19,6), principal_completed_derived decimal(19,6),
  principal_writtenoff_derived decimal(19,6), interest_amount decimal(19,6),
  interest_completed_derived decimal(19,6), interest_writtenoff_derived decimal(19,6),
  interest_waived_derived decimal(19,6), accrual_interest_derived decimal(19,6),
  fee_charges_amount decimal(19,6), fee_charges_completed_derived decimal(19,6),
  fee_charges_writtenoff_derived decimal(19,6), fee_charges_waived_derived decimal(19,6),
  accrual_fee_charges_derived decimal(19,6), penalty_charges_amount decimal(19,6),
  penalty_charges_completed_derived decimal(19,6), penalty_charges_writtenoff_derived decimal(19,6),
  penalty_charges_waived_derived decimal(19,6), accrual_penalty_charges_derived decimal(19,6),
  total_paid_in_advance_derived decimal(19,6), total_paid_late_derived decimal(19,6),
  completed_derived bit(1) NOT NULL, obligations_met_on_date date, createdby_id BIGINT, created_date datetime,
  lastmodified_date datetime, lastmodifiedby_id BIGINT, recalculated_interest_component tinyint NOT NULL,
  PRIMARY KEY (id), KEY FK488B92AA40BE0710 (loan_id),
  CONSTRAINT FK488B92AA40BE0710 FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_repayment_schedule_history (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, loan_reschedule_request_id BIGINT, fromdate date,
  duedate date NOT NULL, installment SMALLINT NOT NULL, principal_amount decimal(19,6),
  interest_amount decimal(19,6), fee_charges_amount decimal(19,6), penalty_charges_amount decimal(19,6),
  createdby_id BIGINT, created_date datetime, lastmodified_date datetime, lastmodifiedby_id BIGINT,
  version INT NOT NULL, PRIMARY KEY (id), KEY loan_id (loan_id),
  KEY loan_reschedule_request_id (loan_reschedule_request_id),
  CONSTRAINT m_loan_repayment_schedule_history_ibfk_1 FOREIGN KEY (loan_id) REFERENCES m_loan (id),
  CONSTRAINT m_loan_repayment_schedule_history_ibfk_2 FOREIGN KEY (loan_reschedule_request_id) REFERENCES m_loan_reschedule_request (id)
);
CREATE TABLE m_loan_reschedule_request (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, status_enum SMALLINT NOT NULL,
  reschedule_from_installment SMALLINT NOT NULL, reschedule_from_date date NOT NULL,
  recalculate_interest tinyint, reschedule_reason_cv_id INT, reschedule_reason_comment varchar(500),
  submitted_on_date date NOT NULL, submitted_by_user_id BIGINT NOT NULL, approved_on_date date,
  approved_by_user_id BIGINT, rejected_on_date date, rejected_by_user_id BIGINT, PRIMARY KEY (id),
  KEY loan_id (loan_id), KEY reschedule_reason_cv_id (reschedule_reason_cv_id),
  KEY submitted_by_user_id (submitted_by_user_id), KEY approved_by_user_id (approved_by_user_id),
  KEY rejected_by_user_id (rejected_by_user_id),
  CONSTRAINT m_loan_reschedule_request_ibfk_1 FOREIGN KEY (loan_id) REFERENCES m_loan (id),
  CONSTRAINT m_loan_reschedule_request_ibfk_2 FOREIGN KEY (reschedule_reason_cv_id) REFERENCES m_code_value (id),
  CONSTRAINT m_loan_reschedule_request_ibfk_3 FOREIGN KEY (submitted_by_user_id) REFERENCES m_appuser (id),
  CONSTRAINT m_loan_reschedule_request_ibfk_4 FOREIGN KEY (approved_by_user_id) REFERENCES m_appuser (id),
  CONSTRAINT m_loan_reschedule_request_ibfk_5 FOREIGN KEY (rejected_by_user_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_loan_reschedule_request_term_variations_mapping (
  id BIGINT NOT NULL, loan_reschedule_request_id BIGINT NOT NULL, loan_term_variations_id BIGINT NOT NULL,
  PRIMARY KEY (id), KEY FK__m_loan_reschedule_request (loan_reschedule_request_id),
  KEY FK__m_loan_term_variations (loan_term_variations_id),
  CONSTRAINT FK__m_loan_reschedule_request FOREIGN KEY (loan_reschedule_request_id) REFERENCES m_loan_reschedule_request (id),
  CONSTRAINT FK__m_loan_term_variations FOREIGN KEY (loan_term_variations_id) REFERENCES m_loan_term_variations (id)
);
CREATE TABLE m_loan_term_variations (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, term_type SMALLINT NOT NULL, applicable_date date NOT NULL,
  decimal_value decimal(19,6), date_value date, is_specific_to_installment TINYINT NOT NULL,
  applied_on_loan_status SMALLINT NOT NULL, is_active tinyint NOT NULL, parent_id BIGINT, PRIMARY KEY (id),
  KEY FK_loan_id_m_loan_id (loan_id),
  CONSTRAINT FK_loan_id_m_loan_id FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_topup (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, closure_loan_id BIGINT NOT NULL,
  account_transfer_details_id BIGINT, topup_amount decimal(19,6), PRIMARY KEY (id),
  KEY m_loan_topup_FK_loan_id (loan_id), KEY m_loan_topup_FK_closure_loan_id (closure_loan_id),
  KEY m_loan_topup_FK_account_transfer_details_id (account_transfer_details_id),
  CONSTRAINT m_loan_topup_FK_account_transfer_details_id FOREIGN KEY (account_transfer_details_id) REFERENCES m_account_transfer_details (id),
  CONSTRAINT m_loan_topup_FK_closure_loan_id FOREIGN KEY (closure_loan_id) REFERENCES m_loan (id),
  CONSTRAINT m_loan_topup_FK_loan_id FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_tranche_charges (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, charge_id BIGINT NOT NULL, PRIMARY KEY (id),
  KEY FK_m_loan_tranche_charges_m_loan (loan_id), KEY FK_m_loan_tranche_charges_m_charge (charge_id),
  CONSTRAINT FK_m_loan_tranche_charges_m_charge FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT FK_m_loan_tranche_charges_m_loan FOREIGN KEY (loan_id) REFERENCES m_loan (id)
);
CREATE TABLE m_loan_tranche_disbursement_charge (
  id BIGINT NOT NULL, loan_charge_id BIGINT NOT NULL, disbursement_detail_id BIGINT, PRIMARY KEY (id),
  KEY FK_m_loan_tranche_disbursement_charge_m_loan_charge (loan_charge_id),
  KEY FK_m_loan_tranche_disbursement_charge_m_loan_disbursement_detail (disbursement_detail_id),
  CONSTRAINT FK_m_loan_tranche_disbursement_charge_m_loan_charge FOREIGN KEY (loan_charge_id) REFERENCES m_loan_charge (id),
  CONSTRAINT FK_m_loan_tranche_disbursement_charge_m_loan_disbursement_detail FOREIGN KEY (disbursement_detail_id) REFERENCES m_loan_disbursement_detail (id)
);
CREATE TABLE m_loan_transaction (
  id BIGINT NOT NULL, loan_id BIGINT NOT NULL, office_id BIGINT NOT NULL, payment_detail_id BIGINT,
  is_reversed tinyint NOT NULL, external_id varchar(100), transaction_type_enum SMALLINT NOT NULL,
  transaction_date date NOT NULL, amount decimal(19,6) NOT NULL, principal_portion_derived decimal(19,6),
  interest_portion_derived decimal(19,6), fee_charges_portion_derived decimal(19,6),
  penalty_charges_portion_derived decimal(19,6), overpayment_portion_derived decimal(19,6),
  unrecognized_income_portion decimal(19,6), outstanding_loan_balance_derived decimal(19,6),
  submitted_on_date date NOT NULL, manually_adjusted_or_reversed tinyint, created_date datetime,
  appuser_id BIGINT, PRIMARY KEY (id), UNIQUE KEY external_id_UNIQUE (external_id),
  KEY FKCFCEA42640BE0710 (loan_id), KEY FK_m_loan_transaction_m_payment_detail (payment_detail_id),
  KEY FK_m_loan_transaction_m_office (office_id),
  CONSTRAINT FKCFCEA42640BE0710 FOREIGN KEY (loan_id) REFERENCES m_loan (id),
  CONSTRAINT FK_m_loan_transaction_m_office FOREIGN KEY (office_id) REFERENCES m_office (id),
  CONSTRAINT FK_m_loan_transaction_m_payment_detail FOREIGN KEY (payment_detail_id) REFERENCES m_payment_detail (id)
);
CREATE TABLE m_loan_transaction_repayment_schedule_mapping (
  id BIGINT NOT NULL, loan_transaction_id BIGINT NOT NULL, loan_repayment_schedule_id BIGINT NOT NULL,
  amount decimal(19,6) NOT NULL, principal_portion_derived decimal(19,6),
  interest_portion_derived decimal(19,6), fee_charges_portion_derived decimal(19,6),
  penalty_charges_portion_derived decimal(19,6), PRIMARY KEY (id),
  KEY FK_mappings_m_loan_transaction (loan_transaction_id),
  KEY FK_mappings_m_loan_repayment_schedule (loan_repayment_schedule_id),
  CONSTRAINT FK_mappings_m_loan_repayment_schedule FOREIGN KEY (loan_repayment_schedule_id) REFERENCES m_loan_repayment_schedule (id),
  CONSTRAINT FK_mappings_m_loan_transaction FOREIGN KEY (loan_transaction_id) REFERENCES m_loan_transaction (id)
);
CREATE TABLE m_mandatory_savings_schedule (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, fromdate date, duedate date NOT NULL,
  installment SMALLINT NOT NULL, deposit_amount decimal(19,6), deposit_amount_completed_derived decimal(19,6),
  total_paid_in_advance_derived decimal(19,6), total_paid_late_derived decimal(19,6),
  completed_derived bit(1) NOT NULL, obligations_met_on_date date, createdby_id BIGINT, created_date datetime,
  lastmodified_date datetime, lastmodifiedby_id BIGINT, PRIMARY KEY (id),
  KEY FKMSS0000000001 (savings_account_id),
  CONSTRAINT FKMSS0000000001 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_meeting (
  id BIGINT NOT NULL, calendar_instance_id BIGINT NOT NULL, meeting_date date NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY unique_calendar_instance_id_meeting_date (calendar_instance_id,meeting_date),
  CONSTRAINT FK_m_calendar_instance_m_meeting FOREIGN KEY (calendar_instance_id) REFERENCES m_calendar_instance (id)
);
CREATE TABLE m_note (
  id BIGINT NOT NULL, client_id BIGINT, group_id BIGINT, loan_id BIGINT, loan_transaction_id BIGINT,
  savings_account_id BIGINT, savings_account_transaction_id BIGINT, share_account_id BIGINT,
  note_type_enum SMALLINT NOT NULL, note varchar(1000), created_date datetime, createdby_id BIGINT,
  lastmodified_date datetime, lastmodifiedby_id BIGINT, PRIMARY KEY (id),
  KEY FK7C9708924D26803 (loan_transaction_id), KEY FK7C97089541F0A56 (createdby_id),
  KEY FK7C970897179A0CB (client_id), KEY FK_m_note_m_group (group_id),
  KEY FK7C970898F889C3F (lastmodifiedby_id), KEY FK7C9708940BE0710 (loan_id),
  KEY FK_savings_account_id (savings_account_id),
  CONSTRAINT FK7C9708924D26803 FOREIGN KEY (loan_transaction_id) REFERENCES m_loan_transaction (id),
  CONSTRAINT FK7C9708940BE0710 FOREIGN KEY (loan_id) REFERENCES m_loan (id),
  CONSTRAINT FK7C97089541F0A56 FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK7C970897179A0CB FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FK7C970898F889C3F FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_m_note_m_group FOREIGN KEY (group_id) REFERENCES m_group (id),
  CONSTRAINT FK_savings_account_id FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE m_office (
  id BIGINT NOT NULL, parent_id BIGINT, hierarchy varchar(100), external_id varchar(100),
  `name` varchar(50) NOT NULL, opening_date date NOT NULL, PRIMARY KEY (id), UNIQUE KEY name_org (name),
  UNIQUE KEY externalid_org (external_id), KEY FK2291C477E2551DCC (parent_id),
  CONSTRAINT FK2291C477E2551DCC FOREIGN KEY (parent_id) REFERENCES m_office (id)
);
CREATE TABLE m_office_transaction (
  id BIGINT NOT NULL, from_office_id BIGINT, to_office_id BIGINT, currency_code varchar(3) NOT NULL,
  currency_digits INT NOT NULL, transaction_amount decimal(19,6) NOT NULL, transaction_date date NOT NULL,
  description varchar(100), PRIMARY KEY (id), KEY FK1E37728B93C6C1B6 (to_office_id),
  KEY FK1E37728B783C5C25 (from_office_id),
  CONSTRAINT FK1E37728B783C5C25 FOREIGN KEY (from_office_id) REFERENCES m_office (id),
  CONSTRAINT FK1E37728B93C6C1B6 FOREIGN KEY (to_office_id) REFERENCES m_office (id)
);
CREATE TABLE m_organisation_currency (
  id BIGINT NOT NULL, code varchar(3) NOT NULL, decimal_places SMALLINT NOT NULL,
  currency_multiplesof SMALLINT, `name` varchar(50) NOT NULL, display_symbol varchar(10),
  internationalized_name_code varchar(50) NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE m_password_validation_policy (
  id INT NOT NULL, regex text NOT NULL, description text NOT NULL, active TINYINT NOT NULL,
  `key` varchar(255) NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE m_payment_detail (
  id BIGINT NOT NULL, payment_type_id INT, account_number varchar(100), check_number varchar(100),
  receipt_number varchar(100), bank_number varchar(100), routing_code varchar(100), PRIMARY KEY (id),
  KEY FK_m_payment_detail_m_payment_type (payment_type_id),
  CONSTRAINT FK_m_payment_detail_m_payment_type FOREIGN KEY (payment_type_id) REFERENCES m_payment_type (id)
);
CREATE TABLE m_payment_type (
  id INT NOT NULL, `value` varchar(100), description varchar(500), is_cash_payment tinyint,
  order_position INT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE m_permission (
  id BIGINT NOT NULL, grouping varchar(45), code varchar(100) NOT NULL, entity_name varchar(100),
  action_name varchar(100), can_maker_checker tinyint NOT NULL, PRIMARY KEY (id), UNIQUE KEY code (code)
);
CREATE TABLE m_portfolio_account_associations (
  id BIGINT NOT NULL, loan_account_id BIGINT, savings_account_id BIGINT, linked_loan_account_id BIGINT,
  linked_savings_account_id BIGINT, association_type_enum SMALLINT NOT NULL, is_active tinyint NOT NULL,
  PRIMARY KEY (id), KEY account_association_loan_fk (loan_account_id),
  KEY account_association_savings_fk (savings_account_id), KEY linked_loan_fk (linked_loan_account_id),
  KEY linked_savings_fk (linked_savings_account_id),
  CONSTRAINT account_association_loan_fk FOREIGN KEY (loan_account_id) REFERENCES m_loan (id),
  CONSTRAINT account_association_savings_fk FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id),
  CONSTRAINT linked_loan_fk FOREIGN KEY (linked_loan_account_id) REFERENCES m_loan (id),
  CONSTRAINT linked_savings_fk FOREIGN KEY (linked_savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_portfolio_command_source (
  id BIGINT NOT NULL, action_name varchar(50) NOT NULL, entity_name varchar(50) NOT NULL, office_id BIGINT,
  group_id BIGINT, client_id BIGINT, loan_id BIGINT, savings_account_id BIGINT,
  api_get_url varchar(100) NOT NULL, resource_id BIGINT, subresource_id BIGINT, command_as_json text NOT NULL,
  maker_id BIGINT NOT NULL, made_on_date datetime NOT NULL, checker_id BIGINT, checked_on_date datetime,
  `status` SMALLINT NOT NULL, product_id BIGINT, transaction_id varchar(100), PRIMARY KEY (id),
  KEY FK_m_maker_m_appuser (maker_id), KEY FK_m_checker_m_appuser (checker_id), KEY action_name (action_name),
  KEY entity_name (entity_name,resource_id), KEY made_on_date (made_on_date),
  KEY checked_on_date (checked_on_date), KEY status (status), KEY office_id (office_id),
  KEY group_id (office_id), KEY client_id (office_id), KEY loan_id (office_id),
  CONSTRAINT FK_m_checker_m_appuser FOREIGN KEY (checker_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_m_maker_m_appuser FOREIGN KEY (maker_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_product_loan (
  id BIGINT NOT NULL, short_name varchar(4) NOT NULL, currency_code varchar(3) NOT NULL,
  currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT, principal_amount decimal(19,6),
  min_principal_amount decimal(19,6), max_principal_amount decimal(19,6),
  arrearstolerance_amount decimal(19,6), `name` varchar(100) NOT NULL, description varchar(500),
  fund_id BIGINT, is_linked_to_floating_interest_rates bit(1) NOT NULL,
  allow_variabe_installments bit(1) NOT NULL, nominal_interest_rate_per_period decimal(19,6),
  min_nominal_interest_rate_per_period decimal(19,6), max_nominal_interest_rate_per_period decimal(19,6),
  interest_period_frequency_enum SMALLINT, annual_nominal_interest_rate decimal(19,6),
  interest_method_enum SMALLINT NOT NULL, interest_calculated_in_period_enum SMALLINT NOT NULL,
  allow_partial_period_interest_calcualtion tinyint NOT NULL, repay_every SMALLINT NOT NULL,
  repayment_period_frequency_enum SMALLINT NOT NULL, number_of_repayments SMALLINT NOT NULL,
  min_number_of_repayments SMALLINT, max_number_of_repayments SMALLINT, grace_on_principal_periods SMALLINT,
  recurring_moratorium_principal_periods SMALLINT, grace_on_interest_periods SMALLINT,
  grace_interest_free_periods SMALLINT, amortization_method_enum SMALLINT NOT NULL,
  accounting_type SMALLINT NOT NULL, loan_transaction_strategy_id BIGINT, external_id varchar(100),
  include_in_borrower_cycle tinyint NOT NULL, use_borrower_cycle tinyint NOT NULL, start_date date,
  close_date date, allow_multiple_disbursals tinyint NOT NULL, max_disbursals INT,
  max_outstanding_loan_balance decimal(19,6), grace_on_arrears_ageing SMALLINT, overdue_days_for_npa SMALLINT,
  days_in_month_enum SMALLINT NOT NULL, days_in_year_enum SMALLINT NOT NULL,
  interest_recalculation_enabled TINYINT NOT NULL, min_days_between_disbursal_and_first_repayment INT,
  hold_guarantee_funds tinyint NOT NULL, principal_threshold_for_last_installment decimal(5,2) NOT NULL,
  account_moves_out_of_npa_only_on_arrears_completion tinyint NOT NULL,
  can_define_fixed_emi_amount tinyint NOT NULL, instalment_amount_in_multiples_of decimal(19,6),
  can_use_for_topup tinyint NOT NULL, sync_expected_with_disbursement_date TINYINT, PRIMARY KEY (id),
  UNIQUE KEY unq_name (name), UNIQUE KEY unq_short_name (short_name),
  UNIQUE KEY external_id_UNIQUE (external_id), KEY FKA6A8A7D77240145 (fund_id),
  CONSTRAINT FKA6A8A7D77240145 FOREIGN KEY (fund_id) REFERENCES m_fund (id)
);
CREATE TABLE m_product_loan_charge (
  product_loan_id BIGINT NOT NULL, charge_id BIGINT NOT NULL, PRIMARY KEY (product_loan_id,charge_id),
  KEY charge_id (charge_id),
  CONSTRAINT m_product_loan_charge_ibfk_1 FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT m_product_loan_charge_ibfk_2 FOREIGN KEY (product_loan_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_loan_configurable_attributes (
  id BIGINT NOT NULL, loan_product_id BIGINT NOT NULL, amortization_method_enum TINYINT NOT NULL,
  interest_method_enum TINYINT NOT NULL, loan_transaction_strategy_id TINYINT NOT NULL,
  interest_calculated_in_period_enum TINYINT NOT NULL, arrearstolerance_amount TINYINT NOT NULL,
  repay_every TINYINT NOT NULL, moratorium TINYINT NOT NULL, grace_on_arrears_ageing TINYINT NOT NULL,
  PRIMARY KEY (id), KEY fk_m_product_loan_configurable_attributes_0001 (loan_product_id),
  CONSTRAINT fk_m_product_loan_configurable_attributes_0001 FOREIGN KEY (loan_product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_loan_floating_rates (
  id BIGINT NOT NULL, loan_product_id BIGINT NOT NULL, floating_rates_id BIGINT NOT NULL,
  interest_rate_differential decimal(19,6) NOT NULL, min_differential_lending_rate decimal(19,6) NOT NULL,
  default_differential_lending_rate decimal(19,6) NOT NULL,
  max_differential_lending_rate decimal(19,6) NOT NULL,
  is_floating_interest_rate_calculation_allowed bit(1) NOT NULL, PRIMARY KEY (id),
  KEY FK_mappings_m_product_loan_id (loan_product_id),
  KEY FK_mappings_m_floating_rates_id (floating_rates_id),
  CONSTRAINT FK_mappings_m_floating_rates_id FOREIGN KEY (floating_rates_id) REFERENCES m_floating_rates (id),
  CONSTRAINT FK_mappings_m_product_loan_id FOREIGN KEY (loan_product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_loan_guarantee_details (
  id BIGINT NOT NULL, loan_product_id BIGINT NOT NULL, mandatory_guarantee decimal(19,5) NOT NULL,
  minimum_guarantee_from_own_funds decimal(19,5), minimum_guarantee_from_guarantor_funds decimal(19,5),
  PRIMARY KEY (id), KEY FK_guarantee_details_loan_product (loan_product_id),
  CONSTRAINT FK_guarantee_details_loan_product FOREIGN KEY (loan_product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_loan_recalculation_details (
  id BIGINT NOT NULL, product_id BIGINT NOT NULL, compound_type_enum SMALLINT NOT NULL,
  reschedule_strategy_enum SMALLINT NOT NULL, rest_frequency_type_enum SMALLINT NOT NULL,
  rest_frequency_interval SMALLINT NOT NULL, arrears_based_on_original_schedule tinyint NOT NULL,
  pre_close_interest_calculation_strategy SMALLINT NOT NULL, compounding_frequency_type_enum SMALLINT,
  compounding_frequency_interval SMALLINT, rest_frequency_nth_day_enum INT, rest_frequency_on_day INT,
  rest_frequency_weekday_enum INT, compounding_frequency_nth_day_enum INT, compounding_frequency_on_day INT,
  compounding_frequency_weekday_enum INT, is_compounding_to_be_posted_as_transaction tinyint NOT NULL,
  allow_compounding_on_eod tinyint NOT NULL, PRIMARY KEY (id),
  KEY FK_m_product_loan_m_product_loan_recalculation_details (product_id),
  CONSTRAINT FK_m_product_loan_m_product_loan_recalculation_details FOREIGN KEY (product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_loan_variable_installment_config (
  id BIGINT NOT NULL, loan_product_id BIGINT NOT NULL, minimum_gap INT NOT NULL, maximum_gap INT NOT NULL,
  PRIMARY KEY (id), KEY FK_mappings_m_variable_product_loan_id (loan_product_id),
  CONSTRAINT FK_mappings_m_variable_product_loan_id FOREIGN KEY (loan_product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_loan_variations_borrower_cycle (
  id BIGINT NOT NULL, loan_product_id BIGINT NOT NULL, borrower_cycle_number INT NOT NULL,
  value_condition INT NOT NULL, param_type INT NOT NULL, default_value decimal(19,6) NOT NULL,
  max_value decimal(19,6), min_value decimal(19,6), PRIMARY KEY (id),
  KEY borrower_cycle_loan_product_FK (loan_product_id),
  CONSTRAINT borrower_cycle_loan_product_FK FOREIGN KEY (loan_product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_product_mix (
  id BIGINT NOT NULL, product_id BIGINT NOT NULL, restricted_product_id BIGINT NOT NULL, PRIMARY KEY (id),
  KEY FK_m_product_mix_product_id_to_m_product_loan (product_id),
  KEY FK_m_product_mix_restricted_product_id_to_m_product_loan (restricted_product_id),
  CONSTRAINT FK_m_product_mix_product_id_to_m_product_loan FOREIGN KEY (product_id) REFERENCES m_product_loan (id),
  CONSTRAINT FK_m_product_mix_restricted_product_id_to_m_product_loan FOREIGN KEY (restricted_product_id) REFERENCES m_product_loan (id)
);
CREATE TABLE m_provisioning_criteria (
  id BIGINT NOT NULL, criteria_name varchar(200) NOT NULL, createdby_id BIGINT, created_date datetime,
  lastmodifiedby_id BIGINT, lastmodified_date datetime, PRIMARY KEY (id),
  UNIQUE KEY criteria_name (criteria_name), KEY createdby_id (createdby_id),
  KEY lastmodifiedby_id (lastmodifiedby_id),
  CONSTRAINT m_provisioning_criteria_ibfk_1 FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT m_provisioning_criteria_ibfk_2 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_provisioning_criteria_definition (
  id BIGINT NOT NULL, criteria_id BIGINT NOT NULL, category_id BIGINT NOT NULL, min_age BIGINT NOT NULL,
  max_age BIGINT NOT NULL, provision_percentage decimal(5,2) NOT NULL, liability_account BIGINT,
  expense_account BIGINT, PRIMARY KEY (id), KEY criteria_id (criteria_id), KEY category_id (category_id),
  KEY liability_account (liability_account), KEY expense_account (expense_account),
  CONSTRAINT m_provisioning_criteria_definition_ibfk_1 FOREIGN KEY (criteria_id) REFERENCES m_provisioning_criteria (id),
  CONSTRAINT m_provisioning_criteria_definition_ibfk_2 FOREIGN KEY (category_id) REFERENCES m_provision_category (id),
  CONSTRAINT m_provisioning_criteria_definition_ibfk_3 FOREIGN KEY (liability_account) REFERENCES acc_gl_account (id),
  CONSTRAINT m_provisioning_criteria_definition_ibfk_4 FOREIGN KEY (expense_account) REFERENCES acc_gl_account (id)
);
CREATE TABLE m_provisioning_history (
  id BIGINT NOT NULL, journal_entry_created bit(1), createdby_id BIGINT, created_date date,
  lastmodifiedby_id BIGINT, lastmodified_date date, PRIMARY KEY (id), KEY createdby_id (createdby_id),
  KEY lastmodifiedby_id (lastmodifiedby_id),
  CONSTRAINT m_provisioning_history_ibfk_1 FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT m_provisioning_history_ibfk_2 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_provision_category (
  id BIGINT NOT NULL, category_name varchar(100) NOT NULL, description varchar(300), PRIMARY KEY (id),
  UNIQUE KEY category_name (category_name)
);
CREATE TABLE m_report_mailing_job (
  id BIGINT NOT NULL, `name` varchar(100) NOT NULL, description text, start_datetime datetime NOT NULL,
  recurrence varchar(100), created_date date NOT NULL, createdby_id BIGINT NOT NULL, lastmodified_date date,
  lastmodifiedby_id BIGINT, email_recipients text NOT NULL, email_subject varchar(100) NOT NULL,
  email_message text NOT NULL, email_attachment_file_format varchar(10) NOT NULL,
  stretchy_report_id INT NOT NULL, stretchy_report_param_map text, previous_run_datetime datetime,
  next_run_datetime datetime, previous_run_status varchar(10), previous_run_error_log text,
  previous_run_error_message text, number_of_runs INT NOT NULL, is_active tinyint NOT NULL,
  is_deleted tinyint NOT NULL, run_as_userid BIGINT NOT NULL, PRIMARY KEY (id), UNIQUE KEY unique_name (name),
  KEY createdby_id (createdby_id), KEY lastmodifiedby_id (lastmodifiedby_id),
  KEY stretchy_report_id (stretchy_report_id), KEY run_as_userid (run_as_userid),
  CONSTRAINT m_report_mailing_job_ibfk_1 FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT m_report_mailing_job_ibfk_2 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT m_report_mailing_job_ibfk_3 FOREIGN KEY (stretchy_report_id) REFERENCES stretchy_report (id),
  CONSTRAINT m_report_mailing_job_ibfk_4 FOREIGN KEY (run_as_userid) REFERENCES m_appuser (id)
);
CREATE TABLE m_report_mailing_job_configuration (
  id INT NOT NULL, `name` varchar(50) NOT NULL, `value` varchar(200) NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY unique_name (name)
);
CREATE TABLE m_report_mailing_job_run_history (
  id BIGINT NOT NULL, job_id BIGINT NOT NULL, start_datetime datetime NOT NULL,
  end_datetime datetime NOT NULL, `status` varchar(10) NOT NULL, error_message text, error_log text,
  PRIMARY KEY (id), KEY job_id (job_id),
  CONSTRAINT m_report_mailing_job_run_history_ibfk_1 FOREIGN KEY (job_id) REFERENCES m_report_mailing_job (id)
);
CREATE TABLE m_role (
  id BIGINT NOT NULL, `name` varchar(100) NOT NULL, description varchar(500) NOT NULL,
  is_disabled tinyint NOT NULL, PRIMARY KEY (id), UNIQUE KEY unq_name (name)
);
CREATE TABLE m_role_permission (
  role_id BIGINT NOT NULL, permission_id BIGINT NOT NULL, PRIMARY KEY (role_id,permission_id),
  KEY FK8DEDB04815CEC7AB (role_id), KEY FK8DEDB048103B544B (permission_id),
  CONSTRAINT FK8DEDB048103B544B FOREIGN KEY (permission_id) REFERENCES m_permission (id),
  CONSTRAINT FK8DEDB04815CEC7AB FOREIGN KEY (role_id) REFERENCES m_role (id)
);
CREATE TABLE m_savings_account (
  id BIGINT NOT NULL, account_no varchar(20) NOT NULL, external_id varchar(100), client_id BIGINT,
  group_id BIGINT, product_id BIGINT, field_officer_id BIGINT, status_enum SMALLINT NOT NULL,
  sub_status_enum SMALLINT NOT NULL, account_type_enum SMALLINT NOT NULL, deposit_type_enum SMALLINT NOT NULL,
  submittedon_date date NOT NULL, submittedon_userid BIGINT, approvedon_date date, approvedon_userid BIGINT,
  rejectedon_date date, rejectedon_userid BIGINT, withdrawnon_date date, withdrawnon_userid BIGINT,
  activatedon_date date, activatedon_userid BIGINT, closedon_date date, closedon_userid BIGINT,
  currency_code varchar(3) NOT NULL, currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT,
  nominal_annual_interest_rate decimal(19,6) NOT NULL, interest_compounding_period_enum SMALLINT NOT NULL,
  interest_posting_period_enum SMALLINT NOT NULL, interest_calculation_type_enum SMALLINT NOT NULL,
  interest_calculation_days_in_year_type_enum SMALLINT NOT NULL, min_required_opening_balance decimal(19,6),
  lockin_period_frequency decimal(19,6), lockin_period_frequency_enum SMALLINT,
  withdrawal_fee_for_transfer TINYINT, allow_overdraft tinyint NOT NULL, overdraft_limit decimal(19,6),
  nominal_annual_interest_rate_overdraft decimal(19,6), min_overdraft_for_interest_calculation decimal(19,6),
  lockedin_until_date_derived date, total_deposits_derived decimal(19,6),
  total_withdrawals_derived decimal(19,6), total_withdrawal_fees_derived decimal(19,6),
  total_fees_charge_derived decimal(19,6), total_penalty_charge_derived decimal(19,6),
  total_annual_fees_derived decimal(19,6), total_interest_earned_derived decimal(19,6),
  total_interest_posted_derived decimal(19,6), total_overdraft_interest_derived decimal(19,6),
  total_withhold_tax_derived decimal(19,6), account_balance_derived decimal(19,6) NOT NULL,
  min_required_balance decimal(19,6), enforce_min_required_balance tinyint NOT NULL,
  min_balance_for_interest_calculation decimal(19,6), start_interest_calculation_date date,
  on_hold_funds_derived decimal(19,6), version INT NOT NULL, withhold_tax TINYINT NOT NULL,
  tax_group_id BIGINT, last_interest_calculation_date date, PRIMARY KEY (id),
  UNIQUE KEY sa_account_no_UNIQUE (account_no), UNIQUE KEY sa_externalid_UNIQUE (external_id),
  KEY FKSA00000000000001 (client_id), KEY FKSA00000000000002 (group_id), KEY FKSA00000000000003 (product_id),
  KEY FK_savings_account_tax_group (tax_group_id),
  CONSTRAINT FKSA00000000000001 FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FKSA00000000000002 FOREIGN KEY (group_id) REFERENCES m_group (id),
  CONSTRAINT FKSA00000000000003 FOREIGN KEY (product_id) REFERENCES m_savings_product (id),
  CONSTRAINT FK_savings_account_tax_group FOREIGN KEY (tax_group_id) REFERENCES m_tax_group (id)
);
CREATE TABLE m_savings_account_charge (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, charge_id BIGINT NOT NULL,
  is_penalty tinyint NOT NULL, charge_time_enum SMALLINT NOT NULL, charge_due_date date,
  fee_on_month SMALLINT, fee_on_day SMALLINT, fee_interval SMALLINT,
  charge_calculation_enum SMALLINT NOT NULL, calculation_percentage decimal(19,6),
  calculation_on_amount decimal(19,6), amount decimal(19,6) NOT NULL, amount_paid_derived decimal(19,6),
  amount_waived_derived decimal(19,6), amount_writtenoff_derived decimal(19,6),
  amount_outstanding_derived decimal(19,6) NOT NULL, is_paid_derived tinyint NOT NULL,
  waived tinyint NOT NULL, is_active tinyint NOT NULL, inactivated_on_date date, PRIMARY KEY (id),
  KEY charge_id (charge_id), KEY m_savings_account_charge_ibfk_2 (savings_account_id),
  CONSTRAINT m_savings_account_charge_ibfk_1 FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT m_savings_account_charge_ibfk_2 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id)
);
CREATE TABLE m_savings_account_charge_paid_by (
  id BIGINT NOT NULL, savings_account_transaction_id BIGINT NOT NULL,
  savings_account_charge_id BIGINT NOT NULL, amount decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK__m_savings_account_transaction (savings_account_transaction_id),
  KEY FK__m_savings_account_charge (savings_account_charge_id),
  CONSTRAINT FK__m_savings_account_charge FOREIGN KEY (savings_account_charge_id) REFERENCES m_savings_account_charge (id),
  CONSTRAINT FK__m_savings_account_transaction FOREIGN KEY (savings_account_transaction_id) REFERENCES m_savings_account_transaction (id)
);
CREATE TABLE m_savings_account_interest_rate_chart (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, `name` varchar(100), description varchar(200),
  from_date date NOT NULL, end_date date, is_primary_grouping_by_amount TINYINT NOT NULL, PRIMARY KEY (id),
  KEY FKSAIRC00000000000001 (savings_account_id),
  CONSTRAINT FKSAIRC00000000000001 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE m_savings_account_interest_rate_slab (
  id BIGINT NOT NULL, savings_account_interest_rate_chart_id BIGINT NOT NULL, description varchar(200),
  period_type_enum SMALLINT, from_period INT, to_period INT, amount_range_from decimal(19,6),
  amount_range_to decimal(19,6), annual_interest_rate decimal(19,6) NOT NULL,
  currency_code varchar(3) NOT NULL, PRIMARY KEY (id),
  KEY FKSAIRS00000000000001 (savings_account_interest_rate_chart_id),
  CONSTRAINT FKSAIRS00000000000001 FOREIGN KEY (savings_account_interest_rate_chart_id) REFERENCES m_savings_account_interest_rate_chart (id)
);
CREATE TABLE m_savings_account_transaction (
  id BIGINT NOT NULL, savings_account_id BIGINT NOT NULL, office_id BIGINT NOT NULL, payment_detail_id BIGINT,
  transaction_type_enum SMALLINT NOT NULL, is_reversed tinyint NOT NULL, transaction_date date NOT NULL,
  amount decimal(19,6) NOT NULL, overdraft_amount_derived decimal(19,6), balance_end_date_derived date,
  balance_number_of_days_derived INT, running_balance_derived decimal(19,6),
  cumulative_balance_derived decimal(19,6), created_date datetime NOT NULL, appuser_id BIGINT,
  is_manual tinyint, PRIMARY KEY (id), KEY FKSAT0000000001 (savings_account_id),
  KEY FK_m_savings_account_transaction_m_payment_detail (payment_detail_id),
  KEY FK_m_savings_account_transaction_m_office (office_id),
  CONSTRAINT FKSAT0000000001 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id),
  CONSTRAINT FK_m_savings_account_transaction_m_office FOREIGN KEY (office_id) REFERENCES m_office (id),
  CONSTRAINT FK_m_savings_account_transaction_m_payment_detail FOREIGN KEY (payment_detail_id) REFERENCES m_payment_detail (id)
);
CREATE TABLE m_savings_account_transaction_tax_details (
  id BIGINT NOT NULL, savings_transaction_id BIGINT NOT NULL, tax_component_id BIGINT NOT NULL,
  amount decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK_savings_account_transaction_tax_details_savings_transaction (savings_transaction_id),
  KEY FK_savings_account_transaction_tax_details_tax_component (tax_component_id),
  CONSTRAINT FK_savings_account_transaction_tax_details_savings_transaction FOREIGN KEY (savings_transaction_id) REFERENCES m_savings_account_transaction (id),
  CONSTRAINT FK_savings_account_transaction_tax_details_tax_component FOREIGN KEY (tax_component_id) REFERENCES m_tax_component (id)
);
CREATE TABLE m_savings_interest_incentives (
  id BIGINT NOT NULL, deposit_account_interest_rate_slab_id BIGINT NOT NULL, entiry_type SMALLINT NOT NULL,
  attribute_name SMALLINT NOT NULL, condition_type SMALLINT NOT NULL, attribute_value varchar(50) NOT NULL,
  incentive_type SMALLINT NOT NULL, amount decimal(19,6) NOT NULL, PRIMARY KEY (id),
  KEY FK_m_savings_interest_incentives_m_savings_interest_rate_slab (deposit_account_interest_rate_slab_id),
  CONSTRAINT FK_m_savings_interest_incentives_m_savings_interest_rate_slab FOREIGN KEY (deposit_account_interest_rate_slab_id) REFERENCES m_savings_account_interest_rate_slab (id)
);
CREATE TABLE m_savings_officer_assignment_history (
  id BIGINT NOT NULL, account_id BIGINT NOT NULL, savings_officer_id BIGINT, start_date date NOT NULL,
  end_date date, createdby_id BIGINT, created_date datetime, lastmodified_date datetime,
  lastmodifiedby_id BIGINT, PRIMARY KEY (id), KEY fk_m_savings_officer_assignment_history_0001 (account_id),
  KEY fk_m_savings_officer_assignment_history_0002 (savings_officer_id),
  CONSTRAINT fk_m_savings_officer_assignment_history_0001 FOREIGN KEY (account_id) REFERENCES m_savings_account (id),
  CONSTRAINT fk_m_savings_officer_assignment_history_0002 FOREIGN KEY (savings_officer_id) REFERENCES m_staff (id)
);
CREATE TABLE m_savings_product (
  id BIGINT NOT NULL, `name` varchar(100) NOT NULL, short_name varchar(4) NOT NULL,
  description varchar(500) NOT NULL, deposit_type_enum SMALLINT NOT NULL, currency_code varchar(3) NOT NULL,
  currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT,
  nominal_annual_interest_rate decimal(19,6) NOT NULL, interest_compounding_period_enum SMALLINT NOT NULL,
  interest_posting_period_enum SMALLINT NOT NULL, interest_calculation_type_enum SMALLINT NOT NULL,
  interest_calculation_days_in_year_type_enum SMALLINT NOT NULL, min_required_opening_balance decimal(19,6),
  lockin_period_frequency decimal(19,6), lockin_period_frequency_enum SMALLINT,
  accounting_type SMALLINT NOT NULL, withdrawal_fee_amount decimal(19,6), withdrawal_fee_type_enum SMALLINT,
  withdrawal_fee_for_transfer TINYINT, allow_overdraft tinyint NOT NULL, overdraft_limit decimal(19,6),
  nominal_annual_interest_rate_overdraft decimal(19,6), min_overdraft_for_interest_calculation decimal(19,6),
  min_required_balance decimal(19,6), enforce_min_required_balance tinyint NOT NULL,
  min_balance_for_interest_calculation decimal(19,6), withhold_tax TINYINT NOT NULL, tax_group_id BIGINT,
  is_dormancy_tracking_active SMALLINT, days_to_inactive INT, days_to_dormancy INT, days_to_escheat INT,
  PRIMARY KEY (id), UNIQUE KEY sp_unq_name (name), UNIQUE KEY sp_unq_short_name (short_name),
  KEY FK_savings_product_tax_group (tax_group_id),
  CONSTRAINT FK_savings_product_tax_group FOREIGN KEY (tax_group_id) REFERENCES m_tax_group (id)
);
CREATE TABLE m_savings_product_charge (
  savings_product_id BIGINT NOT NULL, charge_id BIGINT NOT NULL, PRIMARY KEY (savings_product_id,charge_id),
  KEY charge_id (charge_id),
  CONSTRAINT m_savings_product_charge_ibfk_1 FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT m_savings_product_charge_ibfk_2 FOREIGN KEY (savings_product_id) REFERENCES m_savings_product (id)
);
CREATE TABLE m_selfservice_beneficiaries_tpt (
  id BIGINT NOT NULL, app_user_id BIGINT NOT NULL, `name` varchar(50) NOT NULL, office_id BIGINT NOT NULL,
  client_id BIGINT NOT NULL, account_id BIGINT NOT NULL, account_type SMALLINT NOT NULL,
  transfer_limit BIGINT, is_active bit(1) NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY name (name,app_user_id,is_active)
);
CREATE TABLE m_selfservice_user_client_mapping (
  id BIGINT NOT NULL, appuser_id BIGINT NOT NULL, client_id BIGINT NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY appuser_id_client_id (appuser_id,client_id), KEY m_selfservice_client_id (client_id),
  CONSTRAINT m_selfservice_appuser_id FOREIGN KEY (appuser_id) REFERENCES m_appuser (id),
  CONSTRAINT m_selfservice_client_id FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_share_account (
  id BIGINT NOT NULL, account_no varchar(50) NOT NULL, product_id BIGINT NOT NULL, client_id BIGINT NOT NULL,
  external_id varchar(100), status_enum SMALLINT NOT NULL, total_approved_shares BIGINT,
  total_pending_shares BIGINT, submitted_date date NOT NULL, submitted_userid BIGINT, approved_date date,
  approved_userid BIGINT, rejected_date date, rejected_userid BIGINT, activated_date date,
  activated_userid BIGINT, closed_date date, closed_userid BIGINT, currency_code varchar(3) NOT NULL,
  currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT, savings_account_id BIGINT NOT NULL,
  minimum_active_period_frequency decimal(19,6), minimum_active_period_frequency_enum SMALLINT,
  lockin_period_frequency decimal(19,6), lockin_period_frequency_enum SMALLINT,
  allow_dividends_inactive_clients SMALLINT, created_date datetime, lastmodifiedby_id BIGINT,
  lastmodified_date datetime, PRIMARY KEY (id), KEY m_share_account_ibfk_1 (product_id),
  KEY m_share_account_ibfk_2 (savings_account_id), KEY m_share_account_ibfk_3 (submitted_userid),
  KEY m_share_account_ibfk_4 (approved_userid), KEY m_share_account_ibfk_5 (rejected_userid),
  KEY m_share_account_ibfk_6 (activated_userid), KEY m_share_account_ibfk_7 (closed_userid),
  KEY m_share_account_ibfk_8 (lastmodifiedby_id), KEY m_share_account_ibfk_9 (client_id),
  CONSTRAINT m_share_account_ibfk_1 FOREIGN KEY (product_id) REFERENCES m_share_product (id),
  CONSTRAINT m_share_account_ibfk_2 FOREIGN KEY (savings_account_id) REFERENCES m_savings_account (id),
  CONSTRAINT m_share_account_ibfk_3 FOREIGN KEY (submitted_userid) REFERENCES m_appuser (id),
  CONSTRAINT m_share_account_ibfk_4 FOREIGN KEY (approved_userid) REFERENCES m_appuser (id),
  CONSTRAINT m_share_account_ibfk_5 FOREIGN KEY (rejected_userid) REFERENCES m_appuser (id),
  CONSTRAINT m_share_account_ibfk_6 FOREIGN KEY (activated_userid) REFERENCES m_appuser (id),
  CONSTRAINT m_share_account_ibfk_7 FOREIGN KEY (closed_userid) REFERENCES m_appuser (id),
  CONSTRAINT m_share_account_ibfk_8 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT m_share_account_ibfk_9 FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_share_account_charge (
  id BIGINT NOT NULL, account_id BIGINT NOT NULL, charge_id BIGINT NOT NULL,
  charge_time_enum SMALLINT NOT NULL, charge_calculation_enum SMALLINT NOT NULL,
  charge_payment_mode_enum SMALLINT NOT NULL, calculation_percentage decimal(19,6),
  calculation_on_amount decimal(19,6), charge_amount_or_percentage decimal(19,6),
  amount decimal(19,6) NOT NULL, amount_paid_derived decimal(19,6), amount_waived_derived decimal(19,6),
  amount_writtenoff_derived decimal(19,6), amount_outstanding_derived decimal(19,6) NOT NULL,
  is_paid_derived tinyint NOT NULL, waived tinyint NOT NULL, min_cap decimal(19,6), max_cap decimal(19,6),
  is_active tinyint NOT NULL, PRIMARY KEY (id), KEY charge_id (charge_id),
  KEY m_share_account_charge_ibfk_2 (account_id),
  CONSTRAINT m_share_account_charge_ibfk_1 FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT m_share_account_charge_ibfk_2 FOREIGN KEY (account_id) REFERENCES m_share_account (id)
);
CREATE TABLE m_share_account_charge_paid_by (
  id BIGINT NOT NULL, share_transaction_id BIGINT, charge_transaction_id BIGINT,
  amount decimal(20,2) NOT NULL, PRIMARY KEY (id),
  KEY m_share_account_transactions_charge_mapping_ibfk1 (share_transaction_id),
  KEY m_share_account_transactions_charge_mapping_ibfk2 (charge_transaction_id),
  CONSTRAINT m_share_account_transactions_charge_mapping_ibfk1 FOREIGN KEY (share_transaction_id) REFERENCES m_share_account_transactions (id),
  CONSTRAINT m_share_account_transactions_charge_mapping_ibfk2 FOREIGN KEY (charge_transaction_id) REFERENCES m_share_account_charge (id)
);
CREATE TABLE m_share_account_dividend_details (
  id BIGINT NOT NULL, dividend_pay_out_id BIGINT NOT NULL, account_id BIGINT NOT NULL,
  amount decimal(19,6) NOT NULL, `status` SMALLINT NOT NULL, savings_transaction_id BIGINT, PRIMARY KEY (id),
  KEY FK_m_share_account_dividend_details_dividend_pay_out_id (dividend_pay_out_id),
  KEY FK_m_share_account_dividend_details_account_id (account_id),
  CONSTRAINT FK_m_share_account_dividend_details_account_id FOREIGN KEY (account_id) REFERENCES m_share_account (id),
  CONSTRAINT FK_m_share_account_dividend_details_dividend_pay_out_id FOREIGN KEY (dividend_pay_out_id) REFERENCES m_share_product_dividend_pay_out (id)
);
CREATE TABLE m_share_account_transactions (
  id BIGINT NOT NULL, account_id BIGINT NOT NULL, transaction_date date, total_shares BIGINT,
  unit_price decimal(10,2), amount decimal(20,2), charge_amount decimal(20,2), amount_paid decimal(20,2),
  status_enum SMALLINT NOT NULL, type_enum SMALLINT, is_active tinyint NOT NULL, PRIMARY KEY (id),
  KEY m_share_account_purchased_shares_ibfk_1 (account_id),
  CONSTRAINT m_share_account_purchased_shares_ibfk_1 FOREIGN KEY (account_id) REFERENCES m_share_account (id)
);
CREATE TABLE m_share_product (
  id BIGINT NOT NULL, `name` varchar(200) NOT NULL, short_name varchar(4) NOT NULL, external_id varchar(100),
  description varchar(500) NOT NULL, start_date datetime, end_date datetime,
  currency_code varchar(3) NOT NULL, currency_digits SMALLINT NOT NULL, currency_multiplesof SMALLINT,
  total_shares BIGINT NOT NULL, issued_shares BIGINT, totalsubscribed_shares BIGINT,
  unit_price decimal(10,2) NOT NULL, capital_amount decimal(20,2) NOT NULL, minimum_client_shares BIGINT,
  nominal_client_shares BIGINT NOT NULL, maximum_client_shares BIGINT,
  minimum_active_period_frequency decimal(19,6), minimum_active_period_frequency_enum SMALLINT,
  lockin_period_frequency decimal(19,6), lockin_period_frequency_enum SMALLINT,
  allow_dividends_inactive_clients SMALLINT, createdby_id BIGINT, created_date datetime,
  lastmodifiedby_id BIGINT, lastmodified_date datetime, accounting_type SMALLINT NOT NULL, PRIMARY KEY (id),
  UNIQUE KEY name (name), KEY m_share_product_ibfk_1 (createdby_id),
  KEY m_share_product_ibfk_2 (lastmodifiedby_id),
  CONSTRAINT m_share_product_ibfk_1 FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT m_share_product_ibfk_2 FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_share_product_charge (
  product_id BIGINT NOT NULL, charge_id BIGINT NOT NULL, PRIMARY KEY (product_id,charge_id),
  KEY m_share_product_charge_ibfk_1 (charge_id),
  CONSTRAINT m_share_product_charge_ibfk_1 FOREIGN KEY (charge_id) REFERENCES m_charge (id),
  CONSTRAINT m_share_product_charge_ibfk_2 FOREIGN KEY (product_id) REFERENCES m_share_product (id)
);
CREATE TABLE m_share_product_dividend_pay_out (
  id BIGINT NOT NULL, product_id BIGINT NOT NULL, amount decimal(19,6) NOT NULL,
  dividend_period_start_date date NOT NULL, dividend_period_end_date date NOT NULL,
  `status` SMALLINT NOT NULL, createdby_id BIGINT, created_date datetime, lastmodifiedby_id BIGINT,
  lastmodified_date datetime, PRIMARY KEY (id),
  KEY FK_m_share_product_dividend_pay_out_product_id (product_id),
  KEY FK_m_share_product_dividend_pay_out_createdby_id (createdby_id),
  KEY FK_m_share_product_dividend_pay_out_lastmodifiedby_id (lastmodifiedby_id),
  CONSTRAINT FK_m_share_product_dividend_pay_out_createdby_id FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_m_share_product_dividend_pay_out_lastmodifiedby_id FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_m_share_product_dividend_pay_out_product_id FOREIGN KEY (product_id) REFERENCES m_share_product (id)
);
CREATE TABLE m_share_product_market_price (
  id BIGINT NOT NULL, product_id BIGINT NOT NULL, from_date date, share_value decimal(10,2) NOT NULL,
  PRIMARY KEY (id), KEY m_share_product_market_price_ibfk_1 (product_id),
  CONSTRAINT m_share_product_market_price_ibfk_1 FOREIGN KEY (product_id) REFERENCES m_share_product (id)
);
CREATE TABLE m_staff (
  id BIGINT NOT NULL, is_loan_officer tinyint NOT NULL, office_id BIGINT, firstname varchar(50),
  lastname varchar(50), display_name varchar(102) NOT NULL, mobile_no varchar(50), external_id varchar(100),
  organisational_role_enum SMALLINT, organisational_role_parent_staff_id BIGINT, is_active tinyint NOT NULL,
  joining_date date, image_id BIGINT, PRIMARY KEY (id), UNIQUE KEY display_name (display_name),
  UNIQUE KEY external_id_UNIQUE (external_id), UNIQUE KEY mobile_no_UNIQUE (mobile_no),
  KEY FK_m_staff_m_office (office_id), KEY FK_m_staff_m_image (image_id),
  CONSTRAINT FK_m_staff_m_image FOREIGN KEY (image_id) REFERENCES m_image (id),
  CONSTRAINT FK_m_staff_m_office FOREIGN KEY (office_id) REFERENCES m_office (id)
);
CREATE TABLE m_staff_assignment_history (
  id BIGINT NOT NULL, centre_id BIGINT, staff_id BIGINT NOT NULL, start_date date NOT NULL, end_date date,
  createdby_id BIGINT, created_date datetime, lastmodified_date datetime, lastmodifiedby_id BIGINT,
  PRIMARY KEY (id), KEY FK_m_staff_assignment_history_centre_id_m_group (centre_id),
  KEY FK_m_staff_assignment_history_m_staff (staff_id),
  CONSTRAINT FK_m_staff_assignment_history_centre_id_m_group FOREIGN KEY (centre_id) REFERENCES m_group (id),
  CONSTRAINT FK_m_staff_assignment_history_m_staff FOREIGN KEY (staff_id) REFERENCES m_staff (id)
);
CREATE TABLE m_surveys (
  id BIGINT NOT NULL, a_key varchar(32) NOT NULL, a_name varchar(255) NOT NULL, description varchar(4000),
  country_code varchar(2) NOT NULL, valid_from datetime, valid_to datetime, PRIMARY KEY (id)
);
CREATE TABLE m_survey_components (
  id BIGINT NOT NULL, survey_id BIGINT NOT NULL, a_key varchar(32) NOT NULL, a_text varchar(255) NOT NULL,
  description varchar(4000), sequence_no INT NOT NULL, PRIMARY KEY (id), KEY survey_id (survey_id),
  CONSTRAINT m_survey_components_ibfk_1 FOREIGN KEY (survey_id) REFERENCES m_surveys (id)
);
CREATE TABLE m_survey_lookup_tables (
  id BIGINT NOT NULL, survey_id BIGINT NOT NULL, a_key varchar(255) NOT NULL, description INT,
  value_from INT NOT NULL, value_to INT NOT NULL, score decimal(5,2) NOT NULL, PRIMARY KEY (id),
  KEY survey_id (survey_id),
  CONSTRAINT m_survey_lookup_tables_ibfk_1 FOREIGN KEY (survey_id) REFERENCES m_surveys (id)
);
CREATE TABLE m_survey_questions (
  id BIGINT NOT NULL, survey_id BIGINT NOT NULL, component_key varchar(32), a_key varchar(32) NOT NULL,
  a_text varchar(255) NOT NULL, description varchar(4000), sequence_no INT NOT NULL, PRIMARY KEY (id),
  KEY survey_id (survey_id),
  CONSTRAINT m_survey_questions_ibfk_1 FOREIGN KEY (survey_id) REFERENCES m_surveys (id)
);
CREATE TABLE m_survey_responses (
  id BIGINT NOT NULL, question_id BIGINT NOT NULL, a_text varchar(255) NOT NULL, a_value INT NOT NULL,
  sequence_no INT NOT NULL, PRIMARY KEY (id), KEY question_id (question_id),
  CONSTRAINT m_survey_responses_ibfk_1 FOREIGN KEY (question_id) REFERENCES m_survey_questions (id)
);
CREATE TABLE m_survey_scorecards (
  id BIGINT NOT NULL, survey_id BIGINT NOT NULL, question_id BIGINT NOT NULL, response_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL, client_id BIGINT NOT NULL, created_on datetime, a_value INT NOT NULL,
  PRIMARY KEY (id), KEY survey_id (survey_id), KEY question_id (question_id), KEY response_id (response_id),
  KEY user_id (user_id), KEY client_id (client_id),
  CONSTRAINT m_survey_scorecards_ibfk_1 FOREIGN KEY (survey_id) REFERENCES m_surveys (id),
  CONSTRAINT m_survey_scorecards_ibfk_2 FOREIGN KEY (question_id) REFERENCES m_survey_questions (id),
  CONSTRAINT m_survey_scorecards_ibfk_3 FOREIGN KEY (response_id) REFERENCES m_survey_responses (id),
  CONSTRAINT m_survey_scorecards_ibfk_4 FOREIGN KEY (user_id) REFERENCES m_appuser (id),
  CONSTRAINT m_survey_scorecards_ibfk_5 FOREIGN KEY (client_id) REFERENCES m_client (id)
);
CREATE TABLE m_tax_component (
  id BIGINT NOT NULL, `name` varchar(50) NOT NULL, percentage decimal(19,6) NOT NULL,
  debit_account_type_enum SMALLINT, debit_account_id BIGINT, credit_account_type_enum SMALLINT,
  credit_account_id BIGINT, start_date date NOT NULL, createdby_id BIGINT NOT NULL,
  created_date datetime NOT NULL, lastmodifiedby_id BIGINT NOT NULL, lastmodified_date datetime NOT NULL,
  PRIMARY KEY (id), KEY FK_tax_component_debit_gl_account (debit_account_id),
  KEY FK_tax_component_credit_gl_account (credit_account_id), KEY FK_tax_component_createdby (createdby_id),
  KEY FK_tax_component_lastmodifiedby (lastmodifiedby_id),
  CONSTRAINT FK_tax_component_createdby FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_tax_component_credit_gl_account FOREIGN KEY (credit_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_tax_component_debit_gl_account FOREIGN KEY (debit_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_tax_component_lastmodifiedby FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_tax_component_history (
  id BIGINT NOT NULL, tax_component_id BIGINT NOT NULL, percentage decimal(19,6) NOT NULL,
  start_date date NOT NULL, end_date date NOT NULL, createdby_id BIGINT NOT NULL,
  created_date datetime NOT NULL, lastmodifiedby_id BIGINT NOT NULL, lastmodified_date datetime NOT NULL,
  PRIMARY KEY (id), KEY FK_tax_component_history_tax_component_id (tax_component_id),
  KEY FK_tax_component_history_createdby (createdby_id),
  KEY FK_tax_component_history_lastmodifiedby (lastmodifiedby_id),
  CONSTRAINT FK_tax_component_history_createdby FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_tax_component_history_lastmodifiedby FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_tax_component_history_tax_component_id FOREIGN KEY (tax_component_id) REFERENCES m_tax_component (id)
);
CREATE TABLE m_tax_group (
  id BIGINT NOT NULL, `name` varchar(50) NOT NULL, createdby_id BIGINT NOT NULL,
  created_date datetime NOT NULL, lastmodifiedby_id BIGINT NOT NULL, lastmodified_date datetime NOT NULL,
  PRIMARY KEY (id), KEY FK_tax_group_createdby (createdby_id),
  KEY FK_tax_group_lastmodifiedby (lastmodifiedby_id),
  CONSTRAINT FK_tax_group_createdby FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_tax_group_lastmodifiedby FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id)
);
CREATE TABLE m_tax_group_mappings (
  id BIGINT NOT NULL, tax_group_id BIGINT NOT NULL, tax_component_id BIGINT NOT NULL,
  start_date date NOT NULL, end_date date, createdby_id BIGINT NOT NULL, created_date datetime NOT NULL,
  lastmodifiedby_id BIGINT NOT NULL, lastmodified_date datetime NOT NULL, PRIMARY KEY (id),
  KEY FK_tax_group_mappings_tax_group (tax_group_id),
  KEY FK_tax_group_mappings_tax_component (tax_component_id),
  KEY FK_tax_group_mappings_createdby (createdby_id),
  KEY FK_tax_group_mappings_lastmodifiedby (lastmodifiedby_id),
  CONSTRAINT FK_tax_group_mappings_createdby FOREIGN KEY (createdby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_tax_group_mappings_lastmodifiedby FOREIGN KEY (lastmodifiedby_id) REFERENCES m_appuser (id),
  CONSTRAINT FK_tax_group_mappings_tax_component FOREIGN KEY (tax_component_id) REFERENCES m_tax_component (id),
  CONSTRAINT FK_tax_group_mappings_tax_group FOREIGN KEY (tax_group_id) REFERENCES m_tax_group (id)
);
CREATE TABLE m_tellers (
  id BIGINT NOT NULL, office_id BIGINT NOT NULL, debit_account_id BIGINT, credit_account_id BIGINT,
  `name` varchar(50) NOT NULL, description varchar(100), valid_from date, valid_to date, state SMALLINT,
  PRIMARY KEY (id), UNIQUE KEY m_tellers_name_unq (name), KEY IK_m_tellers_m_office (office_id),
  KEY FK_m_tellers_gl_account_debit_account_id (debit_account_id),
  KEY FK_m_tellers_gl_account_credit_account_id (credit_account_id),
  CONSTRAINT FK_m_tellers_gl_account_credit_account_id FOREIGN KEY (credit_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_m_tellers_gl_account_debit_account_id FOREIGN KEY (debit_account_id) REFERENCES acc_gl_account (id),
  CONSTRAINT FK_m_tellers_m_office FOREIGN KEY (office_id) REFERENCES m_office (id)
);
CREATE TABLE m_template (
  id BIGINT NOT NULL, `name` varchar(255) NOT NULL, text longtext NOT NULL, entity INT, `type` INT,
  PRIMARY KEY (id), UNIQUE KEY unq_name (name)
);
CREATE TABLE m_templatemappers (
  id BIGINT NOT NULL, mapperkey varchar(255), mapperorder INT, mappervalue varchar(255), PRIMARY KEY (id)
);
CREATE TABLE m_template_m_templatemappers (
  m_template_id BIGINT NOT NULL, mappers_id BIGINT NOT NULL, UNIQUE KEY mappers_id (mappers_id),
  KEY mappers_id_2 (mappers_id), KEY m_template_id (m_template_id)
);
CREATE TABLE m_working_days (
  id BIGINT NOT NULL, recurrence varchar(100), repayment_rescheduling_enum SMALLINT,
  extend_term_daily_repayments tinyint, extend_term_holiday_repayment tinyint NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE oauth_access_token (
  token_id varchar(256), token blob, authentication_id varchar(256), user_name varchar(256),
  client_id varchar(256), authentication blob, refresh_token varchar(256)
);
CREATE TABLE oauth_client_details (
  client_id varchar(128) NOT NULL, resource_ids varchar(256), client_secret varchar(256), scope varchar(256),
  authorized_grant_types varchar(256), web_server_redirect_uri varchar(256), authorities varchar(256),
  access_token_validity INT, refresh_token_validity INT, additional_information varchar(4096),
  autoapprove bit(1), PRIMARY KEY (client_id)
);
CREATE TABLE oauth_refresh_token (
  token_id varchar(256), token blob, authentication blob
);
CREATE TABLE ppi_likelihoods (
  id BIGINT NOT NULL, code varchar(100) NOT NULL, `name` varchar(250) NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE ppi_likelihoods_ppi (
  id BIGINT NOT NULL, likelihood_id BIGINT NOT NULL, ppi_name varchar(250) NOT NULL, enabled INT NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE ppi_scores (
  id BIGINT NOT NULL, score_from INT NOT NULL, score_to INT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE rpt_sequence (
  id INT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE r_enum_value (
  enum_name varchar(100) NOT NULL, enum_id INT NOT NULL, enum_message_property varchar(100) NOT NULL,
  enum_value varchar(100) NOT NULL, enum_type tinyint NOT NULL, PRIMARY KEY (enum_name,enum_id),
  UNIQUE KEY enum_message_property (enum_name,enum_message_property),
  UNIQUE KEY enum_value (enum_name,enum_value)
);
CREATE TABLE scheduler_detail (
  id SMALLINT NOT NULL, is_suspended tinyint NOT NULL, execute_misfired_jobs tinyint NOT NULL,
  reset_scheduler_on_bootup tinyint NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE schema_version (
  version_rank INT NOT NULL, installed_rank INT NOT NULL, version varchar(50) NOT NULL,
  description varchar(200) NOT NULL, `type` varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum INT,
  installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL, execution_time INT NOT NULL,
  success tinyint NOT NULL, PRIMARY KEY (version), KEY schema_version_vr_idx (version_rank),
  KEY schema_version_ir_idx (installed_rank), KEY schema_version_s_idx (success)
);
CREATE TABLE sms_campaign (
  id BIGINT NOT NULL, campaign_name varchar(100) NOT NULL, campaign_type INT NOT NULL,
  campaign_trigger_type INT NOT NULL, report_id INT NOT NULL, provider_id BIGINT NOT NULL, param_value text,
  status_enum INT NOT NULL, message text NOT NULL, submittedon_date date, submittedon_userid BIGINT,
  approvedon_date date, approvedon_userid BIGINT, closedon_date date, closedon_userid BIGINT,
  recurrence varchar(100), next_trigger_date datetime, last_trigger_date datetime,
  recurrence_start_date datetime, is_visible tinyint, PRIMARY KEY (id), KEY report_id (report_id),
  CONSTRAINT sms_campaign_ibfk_1 FOREIGN KEY (report_id) REFERENCES stretchy_report (id)
);
CREATE TABLE sms_messages_outbound (
  id BIGINT NOT NULL, group_id BIGINT, client_id BIGINT, staff_id BIGINT, status_enum INT NOT NULL,
  mobile_no varchar(50) NOT NULL, message varchar(1000) NOT NULL, campaign_id BIGINT NOT NULL,
  external_id varchar(100), submittedon_date date, delivered_on_date datetime, PRIMARY KEY (id),
  KEY FKGROUP000000001 (group_id), KEY FKCLIENT00000001 (client_id), KEY FKSTAFF000000001 (staff_id),
  KEY FKCAMPAIGN00000001 (campaign_id),
  CONSTRAINT FKCAMPAIGN00000001 FOREIGN KEY (campaign_id) REFERENCES sms_campaign (id),
  CONSTRAINT FKCLIENT00000001 FOREIGN KEY (client_id) REFERENCES m_client (id),
  CONSTRAINT FKGROUP000000001 FOREIGN KEY (group_id) REFERENCES m_group (id),
  CONSTRAINT FKSTAFF000000001 FOREIGN KEY (staff_id) REFERENCES m_staff (id)
);
CREATE TABLE stretchy_parameter (
  id INT NOT NULL, parameter_name varchar(45) NOT NULL, parameter_variable varchar(45),
  parameter_label varchar(45) NOT NULL, parameter_displayType varchar(45) NOT NULL,
  parameter_FormatType varchar(10) NOT NULL, parameter_default varchar(45) NOT NULL, special varchar(1),
  selectOne varchar(1), selectAll varchar(1), parameter_sql text, parent_id INT, PRIMARY KEY (id),
  UNIQUE KEY name_UNIQUE (parameter_name), KEY fk_stretchy_parameter_001_idx (parent_id),
  CONSTRAINT fk_stretchy_parameter_001 FOREIGN KEY (parent_id) REFERENCES stretchy_parameter (id)
);
CREATE TABLE stretchy_report (
  id INT NOT NULL, report_name varchar(100) NOT NULL, report_type varchar(20) NOT NULL,
  report_subtype varchar(20), report_category varchar(45), report_sql text, description text,
  core_report tinyint, use_report tinyint, PRIMARY KEY (id), UNIQUE KEY report_name_UNIQUE (report_name)
);
CREATE TABLE stretchy_report_parameter (
  id INT NOT NULL, report_id INT NOT NULL, parameter_id INT NOT NULL, report_parameter_name varchar(45),
  PRIMARY KEY (id), UNIQUE KEY report_parameter_unique (report_id,parameter_id),
  KEY fk_report_parameter_001_idx (report_id), KEY fk_report_parameter_002_idx (parameter_id),
  CONSTRAINT fk_report_parameter_001 FOREIGN KEY (report_id) REFERENCES stretchy_report (id) ON DELETE CASCADE ON UPDATE NO ACTION,
  CONSTRAINT fk_report_parameter_002 FOREIGN KEY (parameter_id) REFERENCES stretchy_parameter (id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE x_registered_table (
  registered_table_name varchar(50) NOT NULL, application_table_name varchar(50) NOT NULL,
  category INT NOT NULL, PRIMARY KEY (registered_table_name)
);
CREATE TABLE x_table_column_code_mappings (
  column_alias_name varchar(50) NOT NULL, code_id INT NOT NULL, PRIMARY KEY (column_alias_name),
  KEY FK_x_code_id (code_id), CONSTRAINT FK_x_code_id FOREIGN KEY (code_id) REFERENCES m_code (id)
);
ALTER TABLE `acc_accounting_rule` DISABLE KEYS;
ALTER TABLE `acc_accounting_rule` ENABLE KEYS;
ALTER TABLE `acc_gl_account` DISABLE KEYS;
ALTER TABLE `acc_gl_account` ENABLE KEYS;
ALTER TABLE `acc_gl_closure` DISABLE KEYS;
ALTER TABLE `acc_gl_closure` ENABLE KEYS;
ALTER TABLE `acc_gl_financial_activity_account` DISABLE KEYS;
ALTER TABLE `acc_gl_financial_activity_account` ENABLE KEYS;
ALTER TABLE `acc_gl_journal_entry` DISABLE KEYS;
ALTER TABLE `acc_gl_journal_entry` ENABLE KEYS;
ALTER TABLE `acc_product_mapping` DISABLE KEYS;
ALTER TABLE `acc_product_mapping` ENABLE KEYS;
ALTER TABLE `acc_rule_tags` DISABLE KEYS;
ALTER TABLE `acc_rule_tags` ENABLE KEYS;
ALTER TABLE `c_account_number_format` DISABLE KEYS;
ALTER TABLE `c_account_number_format` ENABLE KEYS;
ALTER TABLE `c_cache` DISABLE KEYS;
ALTER TABLE `c_cache` ENABLE KEYS;
ALTER TABLE `c_configuration` DISABLE KEYS;
ALTER TABLE `c_configuration` ENABLE KEYS;
ALTER TABLE `c_external_service` DISABLE KEYS;
ALTER TABLE `c_external_service` ENABLE KEYS;
ALTER TABLE `c_external_service_properties` DISABLE KEYS;
ALTER TABLE `c_external_service_properties` ENABLE KEYS;
ALTER TABLE `job` DISABLE KEYS;
ALTER TABLE `job` ENABLE KEYS;
ALTER TABLE `job_run_history` DISABLE KEYS;
ALTER TABLE `job_run_history` ENABLE KEYS;
ALTER TABLE `mix_taxonomy` DISABLE KEYS;
ALTER TABLE `mix_taxonomy` ENABLE KEYS;
ALTER TABLE `mix_taxonomy_mapping` DISABLE KEYS;
ALTER TABLE `mix_taxonomy_mapping` ENABLE KEYS;
ALTER TABLE `mix_xbrl_namespace` DISABLE KEYS;
ALTER TABLE `mix_xbrl_namespace` ENABLE KEYS;
ALTER TABLE `m_account_transfer_details` DISABLE KEYS;
ALTER TABLE `m_account_transfer_details` ENABLE KEYS;
ALTER TABLE `m_account_transfer_standing_instructions` DISABLE KEYS;
ALTER TABLE `m_account_transfer_standing_instructions` ENABLE KEYS;
ALTER TABLE `m_account_transfer_standing_instructions_history` DISABLE KEYS;
ALTER TABLE `m_account_transfer_standing_instructions_history` ENABLE KEYS;
ALTER TABLE `m_account_transfer_transaction` DISABLE KEYS;
ALTER TABLE `m_account_transfer_transaction` ENABLE KEYS;
ALTER TABLE `m_address` DISABLE KEYS;
ALTER TABLE `m_address` ENABLE KEYS;
ALTER TABLE `m_appuser` DISABLE KEYS;
ALTER TABLE `m_appuser` ENABLE KEYS;
ALTER TABLE `m_appuser_previous_password` DISABLE KEYS;
ALTER TABLE `m_appuser_previous_password` ENABLE KEYS;
ALTER TABLE `m_appuser_role` DISABLE KEYS;
ALTER TABLE `m_appuser_role` ENABLE KEYS;
ALTER TABLE `m_calendar` DISABLE KEYS;
ALTER TABLE `m_calendar` ENABLE KEYS;
ALTER TABLE `m_calendar_history` DISABLE KEYS;
ALTER TABLE `m_calendar_history` ENABLE KEYS;
ALTER TABLE `m_calendar_instance` DISABLE KEYS;
ALTER TABLE `m_calendar_instance` ENABLE KEYS;
ALTER TABLE `m_cashiers` DISABLE KEYS;
ALTER TABLE `m_cashiers` ENABLE KEYS;
ALTER TABLE `m_cashier_transactions` DISABLE KEYS;
ALTER TABLE `m_cashier_transactions` ENABLE KEYS;
ALTER TABLE `m_charge` DISABLE KEYS;
ALTER TABLE `m_charge` ENABLE KEYS;
ALTER TABLE `m_client` DISABLE KEYS;
ALTER TABLE `m_client` ENABLE KEYS;
ALTER TABLE `m_client_address` DISABLE KEYS;
ALTER TABLE `m_client_address` ENABLE KEYS;
ALTER TABLE `m_client_attendance` DISABLE KEYS;
ALTER TABLE `m_client_attendance` ENABLE KEYS;
ALTER TABLE `m_client_charge` DISABLE KEYS;
ALTER TABLE `m_client_charge` ENABLE KEYS;
ALTER TABLE `m_client_charge_paid_by` DISABLE KEYS;
ALTER TABLE `m_client_charge_paid_by` ENABLE KEYS;
ALTER TABLE `m_client_identifier` DISABLE KEYS;
ALTER TABLE `m_client_identifier` ENABLE KEYS;
ALTER TABLE `m_client_non_person` DISABLE KEYS;
ALTER TABLE `m_client_non_person` ENABLE KEYS;
ALTER TABLE `m_client_transaction` DISABLE KEYS;
ALTER TABLE `m_client_transaction` ENABLE KEYS;
ALTER TABLE `m_code` DISABLE KEYS;
ALTER TABLE `m_code` ENABLE KEYS;
ALTER TABLE `m_code_value` DISABLE KEYS;
ALTER TABLE `m_code_value` ENABLE KEYS;
ALTER TABLE `m_currency` DISABLE KEYS;
ALTER TABLE `m_currency` ENABLE KEYS;
ALTER TABLE `m_deposit_account_on_hold_transaction` DISABLE KEYS;
ALTER TABLE `m_deposit_account_on_hold_transaction` ENABLE KEYS;
ALTER TABLE `m_deposit_account_recurring_detail` DISABLE KEYS;
ALTER TABLE `m_deposit_account_recurring_detail` ENABLE KEYS;
ALTER TABLE `m_deposit_account_term_and_preclosure` DISABLE KEYS;
ALTER TABLE `m_deposit_account_term_and_preclosure` ENABLE KEYS;
ALTER TABLE `m_deposit_product_interest_rate_chart` DISABLE KEYS;
ALTER TABLE `m_deposit_product_interest_rate_chart` ENABLE KEYS;
ALTER TABLE `m_deposit_product_recurring_detail` DISABLE KEYS;
ALTER TABLE `m_deposit_product_recurring_detail` ENABLE KEYS;
ALTER TABLE `m_deposit_product_term_and_preclosure` DISABLE KEYS;
ALTER TABLE `m_deposit_product_term_and_preclosure` ENABLE KEYS;
ALTER TABLE `m_document` DISABLE KEYS;
ALTER TABLE `m_document` ENABLE KEYS;
ALTER TABLE `m_entity_datatable_check` DISABLE KEYS;
ALTER TABLE `m_entity_datatable_check` ENABLE KEYS;
ALTER TABLE `m_entity_relation` DISABLE KEYS;
ALTER TABLE `m_entity_relation` ENABLE KEYS;
ALTER TABLE `m_entity_to_entity_access` DISABLE KEYS;
ALTER TABLE `m_entity_to_entity_access` ENABLE KEYS;
ALTER TABLE `m_entity_to_entity_mapping` DISABLE KEYS;
ALTER TABLE `m_entity_to_entity_mapping` ENABLE KEYS;
ALTER TABLE `m_field_configuration` DISABLE KEYS;
ALTER TABLE `m_field_configuration` ENABLE KEYS;
ALTER TABLE `m_floating_rates` DISABLE KEYS;
ALTER TABLE `m_floating_rates` ENABLE KEYS;
ALTER TABLE `m_floating_rates_periods` DISABLE KEYS;
ALTER TABLE `m_floating_rates_periods` ENABLE KEYS;
ALTER TABLE `m_fund` DISABLE KEYS;
ALTER TABLE `m_fund` ENABLE KEYS;
ALTER TABLE `m_group` DISABLE KEYS;
ALTER TABLE `m_group` ENABLE KEYS;
ALTER TABLE `m_group_client` DISABLE KEYS;
ALTER TABLE `m_group_client` ENABLE KEYS;
ALTER TABLE `m_group_level` DISABLE KEYS;
ALTER TABLE `m_group_level` ENABLE KEYS;
ALTER TABLE `m_group_roles` DISABLE KEYS;
ALTER TABLE `m_group_roles` ENABLE KEYS;
ALTER TABLE `m_guarantor` DISABLE KEYS;
ALTER TABLE `m_guarantor` ENABLE KEYS;
ALTER TABLE `m_guarantor_funding_details` DISABLE KEYS;
ALTER TABLE `m_guarantor_funding_details` ENABLE KEYS;
ALTER TABLE `m_guarantor_transaction` DISABLE KEYS;
ALTER TABLE `m_guarantor_transaction` ENABLE KEYS;
ALTER TABLE `m_holiday` DISABLE KEYS;
ALTER TABLE `m_holiday` ENABLE KEYS;
ALTER TABLE `m_holiday_office` DISABLE KEYS;
ALTER TABLE `m_holiday_office` ENABLE KEYS;
ALTER TABLE `m_hook` DISABLE KEYS;
ALTER TABLE `m_hook` ENABLE KEYS;
ALTER TABLE `m_hook_configuration` DISABLE KEYS;
ALTER TABLE `m_hook_configuration` ENABLE KEYS;
ALTER TABLE `m_hook_registered_events` DISABLE KEYS;
ALTER TABLE `m_hook_registered_events` ENABLE KEYS;
ALTER TABLE `m_hook_schema` DISABLE KEYS;
ALTER TABLE `m_hook_schema` ENABLE KEYS;
ALTER TABLE `m_hook_templates` DISABLE KEYS;
ALTER TABLE `m_hook_templates` ENABLE KEYS;
ALTER TABLE `m_image` DISABLE KEYS;
ALTER TABLE `m_image` ENABLE KEYS;
ALTER TABLE `m_interest_incentives` DISABLE KEYS;
ALTER TABLE `m_interest_incentives` ENABLE KEYS;
ALTER TABLE `m_interest_rate_chart` DISABLE KEYS;
ALTER TABLE `m_interest_rate_chart` ENABLE KEYS;
ALTER TABLE `m_interest_rate_slab` DISABLE KEYS;
ALTER TABLE `m_interest_rate_slab` ENABLE KEYS;
ALTER TABLE `m_loan` DISABLE KEYS;
ALTER TABLE `m_loan` ENABLE KEYS;
ALTER TABLE `m_loanproduct_provisioning_entry` DISABLE KEYS;
ALTER TABLE `m_loanproduct_provisioning_entry` ENABLE KEYS;
ALTER TABLE `m_loanproduct_provisioning_mapping` DISABLE KEYS;
ALTER TABLE `m_loanproduct_provisioning_mapping` ENABLE KEYS;
ALTER TABLE `m_loan_arrears_aging` DISABLE KEYS;
ALTER TABLE `m_loan_arrears_aging` ENABLE KEYS;
ALTER TABLE `m_loan_charge` DISABLE KEYS;
ALTER TABLE `m_loan_charge` ENABLE KEYS;
ALTER TABLE `m_loan_charge_paid_by` DISABLE KEYS;
ALTER TABLE `m_loan_charge_paid_by` ENABLE KEYS;
ALTER TABLE `m_loan_collateral` DISABLE KEYS;
ALTER TABLE `m_loan_collateral` ENABLE KEYS;
ALTER TABLE `m_loan_disbursement_detail` DISABLE KEYS;
ALTER TABLE `m_loan_disbursement_detail` ENABLE KEYS;
ALTER TABLE `m_loan_installment_charge` DISABLE KEYS;
ALTER TABLE `m_loan_installment_charge` ENABLE KEYS;
ALTER TABLE `m_loan_interest_recalculation_additional_details` DISABLE KEYS;
ALTER TABLE `m_loan_interest_recalculation_additional_details` ENABLE KEYS;
ALTER TABLE `m_loan_officer_assignment_history` DISABLE KEYS;
ALTER TABLE `m_loan_officer_assignment_history` ENABLE KEYS;
ALTER TABLE `m_loan_overdue_installment_charge` DISABLE KEYS;
ALTER TABLE `m_loan_overdue_installment_charge` ENABLE KEYS;
ALTER TABLE `m_loan_paid_in_advance` DISABLE KEYS;
ALTER TABLE `m_loan_paid_in_advance` ENABLE KEYS;
ALTER TABLE `m_loan_recalculation_details` DISABLE KEYS;
ALTER TABLE `m_loan_recalculation_details` ENABLE KEYS;
ALTER TABLE `m_loan_repayment_schedule` DISABLE KEYS;
ALTER TABLE `m_loan_repayment_schedule` ENABLE KEYS;
ALTER TABLE `m_loan_repayment_schedule_history` DISABLE KEYS;
ALTER TABLE `m_loan_repayment_schedule_history` ENABLE KEYS;
ALTER TABLE `m_loan_reschedule_request` DISABLE KEYS;
ALTER TABLE `m_loan_reschedule_request` ENABLE KEYS;
ALTER TABLE `m_loan_reschedule_request_term_variations_mapping` DISABLE KEYS;
ALTER TABLE `m_loan_reschedule_request_term_variations_mapping` ENABLE KEYS;
ALTER TABLE `m_loan_term_variations` DISABLE KEYS;
ALTER TABLE `m_loan_term_variations` ENABLE KEYS;
ALTER TABLE `m_loan_topup` DISABLE KEYS;
ALTER TABLE `m_loan_topup` ENABLE KEYS;
ALTER TABLE `m_loan_tranche_charges` DISABLE KEYS;
ALTER TABLE `m_loan_tranche_charges` ENABLE KEYS;
ALTER TABLE `m_loan_tranche_disbursement_charge` DISABLE KEYS;
ALTER TABLE `m_loan_tranche_disbursement_charge` ENABLE KEYS;
ALTER TABLE `m_loan_transaction` DISABLE KEYS;
ALTER TABLE `m_loan_transaction` ENABLE KEYS;
ALTER TABLE `m_loan_transaction_repayment_schedule_mapping` DISABLE KEYS;
ALTER TABLE `m_loan_transaction_repayment_schedule_mapping` ENABLE KEYS;
ALTER TABLE `m_mandatory_savings_schedule` DISABLE KEYS;
ALTER TABLE `m_mandatory_savings_schedule` ENABLE KEYS;
ALTER TABLE `m_meeting` DISABLE KEYS;
ALTER TABLE `m_meeting` ENABLE KEYS;
ALTER TABLE `m_note` DISABLE KEYS;
ALTER TABLE `m_note` ENABLE KEYS;
ALTER TABLE `m_office` DISABLE KEYS;
ALTER TABLE `m_office` ENABLE KEYS;
ALTER TABLE `m_office_transaction` DISABLE KEYS;
ALTER TABLE `m_office_transaction` ENABLE KEYS;
ALTER TABLE `m_organisation_currency` DISABLE KEYS;
ALTER TABLE `m_organisation_currency` ENABLE KEYS;
ALTER TABLE `m_password_validation_policy` DISABLE KEYS;
ALTER TABLE `m_password_validation_policy` ENABLE KEYS;
ALTER TABLE `m_payment_detail` DISABLE KEYS;
ALTER TABLE `m_payment_detail` ENABLE KEYS;
ALTER TABLE `m_payment_type` DISABLE KEYS;
ALTER TABLE `m_payment_type` ENABLE KEYS;
ALTER TABLE `m_permission` DISABLE KEYS;
ALTER TABLE `m_permission` ENABLE KEYS;
ALTER TABLE `m_portfolio_account_associations` DISABLE KEYS;
ALTER TABLE `m_portfolio_account_associations` ENABLE KEYS;
ALTER TABLE `m_portfolio_command_source` DISABLE KEYS;
ALTER TABLE `m_portfolio_command_source` ENABLE KEYS;
ALTER TABLE `m_product_loan` DISABLE KEYS;
ALTER TABLE `m_product_loan` ENABLE KEYS;
ALTER TABLE `m_product_loan_charge` DISABLE KEYS;
ALTER TABLE `m_product_loan_charge` ENABLE KEYS;
ALTER TABLE `m_product_loan_configurable_attributes` DISABLE KEYS;
ALTER TABLE `m_product_loan_configurable_attributes` ENABLE KEYS;
ALTER TABLE `m_product_loan_floating_rates` DISABLE KEYS;
ALTER TABLE `m_product_loan_floating_rates` ENABLE KEYS;
ALTER TABLE `m_product_loan_guarantee_details` DISABLE KEYS;
ALTER TABLE `m_product_loan_guarantee_details` ENABLE KEYS;
ALTER TABLE `m_product_loan_recalculation_details` DISABLE KEYS;
ALTER TABLE `m_product_loan_recalculation_details` ENABLE KEYS;
ALTER TABLE `m_product_loan_variable_installment_config` DISABLE KEYS;
ALTER TABLE `m_product_loan_variable_installment_config` ENABLE KEYS;
ALTER TABLE `m_product_loan_variations_borrower_cycle` DISABLE KEYS;
ALTER TABLE `m_product_loan_variations_borrower_cycle` ENABLE KEYS;
ALTER TABLE `m_product_mix` DISABLE KEYS;
ALTER TABLE `m_product_mix` ENABLE KEYS;
ALTER TABLE `m_provisioning_criteria` DISABLE KEYS;
ALTER TABLE `m_provisioning_criteria` ENABLE KEYS;
ALTER TABLE `m_provisioning_criteria_definition` DISABLE KEYS;
ALTER TABLE `m_provisioning_criteria_definition` ENABLE KEYS;
ALTER TABLE `m_provisioning_history` DISABLE KEYS;
ALTER TABLE `m_provisioning_history` ENABLE KEYS;
ALTER TABLE `m_provision_category` DISABLE KEYS;
ALTER TABLE `m_provision_category` ENABLE KEYS;
ALTER TABLE `m_report_mailing_job` DISABLE KEYS;
ALTER TABLE `m_report_mailing_job` ENABLE KEYS;
ALTER TABLE `m_report_mailing_job_configuration` DISABLE KEYS;
ALTER TABLE `m_report_mailing_job_configuration` ENABLE KEYS;
ALTER TABLE `m_report_mailing_job_run_history` DISABLE KEYS;
ALTER TABLE `m_report_mailing_job_run_history` ENABLE KEYS;
ALTER TABLE `m_role` DISABLE KEYS;
ALTER TABLE `m_role` ENABLE KEYS;
ALTER TABLE `m_role_permission` DISABLE KEYS;
ALTER TABLE `m_role_permission` ENABLE KEYS;
ALTER TABLE `m_savings_account` DISABLE KEYS;
ALTER TABLE `m_savings_account` ENABLE KEYS;
ALTER TABLE `m_savings_account_charge` DISABLE KEYS;
ALTER TABLE `m_savings_account_charge` ENABLE KEYS;
ALTER TABLE `m_savings_account_charge_paid_by` DISABLE KEYS;
ALTER TABLE `m_savings_account_charge_paid_by` ENABLE KEYS;
ALTER TABLE `m_savings_account_interest_rate_chart` DISABLE KEYS;
ALTER TABLE `m_savings_account_interest_rate_chart` ENABLE KEYS;
ALTER TABLE `m_savings_account_interest_rate_slab` DISABLE KEYS;
ALTER TABLE `m_savings_account_interest_rate_slab` ENABLE KEYS;
ALTER TABLE `m_savings_account_transaction` DISABLE KEYS;
ALTER TABLE `m_savings_account_transaction` ENABLE KEYS;
ALTER TABLE `m_savings_account_transaction_tax_details` DISABLE KEYS;
ALTER TABLE `m_savings_account_transaction_tax_details` ENABLE KEYS;
ALTER TABLE `m_savings_interest_incentives` DISABLE KEYS;
ALTER TABLE `m_savings_interest_incentives` ENABLE KEYS;
ALTER TABLE `m_savings_officer_assignment_history` DISABLE KEYS;
ALTER TABLE `m_savings_officer_assignment_history` ENABLE KEYS;
ALTER TABLE `m_savings_product` DISABLE KEYS;
ALTER TABLE `m_savings_product` ENABLE KEYS;
ALTER TABLE `m_savings_product_charge` DISABLE KEYS;
ALTER TABLE `m_savings_product_charge` ENABLE KEYS;
ALTER TABLE `m_selfservice_beneficiaries_tpt` DISABLE KEYS;
ALTER TABLE `m_selfservice_beneficiaries_tpt` ENABLE KEYS;
ALTER TABLE `m_selfservice_user_client_mapping` DISABLE KEYS;
ALTER TABLE `m_selfservice_user_client_mapping` ENABLE KEYS;
ALTER TABLE `m_share_account` DISABLE KEYS;
ALTER TABLE `m_share_account` ENABLE KEYS;
ALTER TABLE `m_share_account_charge` DISABLE KEYS;
ALTER TABLE `m_share_account_charge` ENABLE KEYS;
ALTER TABLE `m_share_account_charge_paid_by` DISABLE KEYS;
ALTER TABLE `m_share_account_charge_paid_by` ENABLE KEYS;
ALTER TABLE `m_share_account_dividend_details` DISABLE KEYS;
ALTER TABLE `m_share_account_dividend_details` ENABLE KEYS;
ALTER TABLE `m_share_account_transactions` DISABLE KEYS;
ALTER TABLE `m_share_account_transactions` ENABLE KEYS;
ALTER TABLE `m_share_product` DISABLE KEYS;
ALTER TABLE `m_share_product` ENABLE KEYS;
ALTER TABLE `m_share_product_charge` DISABLE KEYS;
ALTER TABLE `m_share_product_charge` ENABLE KEYS;
ALTER TABLE `m_share_product_dividend_pay_out` DISABLE KEYS;
ALTER TABLE `m_share_product_dividend_pay_out` ENABLE KEYS;
ALTER TABLE `m_share_product_market_price` DISABLE KEYS;
ALTER TABLE `m_share_product_market_price` ENABLE KEYS;
ALTER TABLE `m_staff` DISABLE KEYS;
ALTER TABLE `m_staff` ENABLE KEYS;
ALTER TABLE `m_staff_assignment_history` DISABLE KEYS;
ALTER TABLE `m_staff_assignment_history` ENABLE KEYS;
ALTER TABLE `m_surveys` DISABLE KEYS;
ALTER TABLE `m_surveys` ENABLE KEYS;
ALTER TABLE `m_survey_components` DISABLE KEYS;
ALTER TABLE `m_survey_components` ENABLE KEYS;
ALTER TABLE `m_survey_lookup_tables` DISABLE KEYS;
ALTER TABLE `m_survey_lookup_tables` ENABLE KEYS;
ALTER TABLE `m_survey_questions` DISABLE KEYS;
ALTER TABLE `m_survey_questions` ENABLE KEYS;
ALTER TABLE `m_survey_responses` DISABLE KEYS;
ALTER TABLE `m_survey_responses` ENABLE KEYS;
ALTER TABLE `m_survey_scorecards` DISABLE KEYS;
ALTER TABLE `m_survey_scorecards` ENABLE KEYS;
ALTER TABLE `m_tax_component` DISABLE KEYS;
ALTER TABLE `m_tax_component` ENABLE KEYS;
ALTER TABLE `m_tax_component_history` DISABLE KEYS;
ALTER TABLE `m_tax_component_history` ENABLE KEYS;
ALTER TABLE `m_tax_group` DISABLE KEYS;
ALTER TABLE `m_tax_group` ENABLE KEYS;
ALTER TABLE `m_tax_group_mappings` DISABLE KEYS;
ALTER TABLE `m_tax_group_mappings` ENABLE KEYS;
ALTER TABLE `m_tellers` DISABLE KEYS;
ALTER TABLE `m_tellers` ENABLE KEYS;
ALTER TABLE `m_template` DISABLE KEYS;
ALTER TABLE `m_template` ENABLE KEYS;
ALTER TABLE `m_templatemappers` DISABLE KEYS;
ALTER TABLE `m_templatemappers` ENABLE KEYS;
ALTER TABLE `m_template_m_templatemappers` DISABLE KEYS;
ALTER TABLE `m_template_m_templatemappers` ENABLE KEYS;
ALTER TABLE `m_working_days` DISABLE KEYS;
ALTER TABLE `m_working_days` ENABLE KEYS;
ALTER TABLE `oauth_access_token` DISABLE KEYS;
ALTER TABLE `oauth_access_token` ENABLE KEYS;
ALTER TABLE `oauth_client_details` DISABLE KEYS;
ALTER TABLE `oauth_client_details` ENABLE KEYS;
ALTER TABLE `oauth_refresh_token` DISABLE KEYS;
ALTER TABLE `oauth_refresh_token` ENABLE KEYS;
ALTER TABLE `ppi_likelihoods` DISABLE KEYS;
ALTER TABLE `ppi_likelihoods` ENABLE KEYS;
ALTER TABLE `ppi_likelihoods_ppi` DISABLE KEYS;
ALTER TABLE `ppi_likelihoods_ppi` ENABLE KEYS;
ALTER TABLE `ppi_scores` DISABLE KEYS;
ALTER TABLE `ppi_scores` ENABLE KEYS;
ALTER TABLE `rpt_sequence` DISABLE KEYS;
ALTER TABLE `rpt_sequence` ENABLE KEYS;
ALTER TABLE `r_enum_value` DISABLE KEYS;
ALTER TABLE `r_enum_value` ENABLE KEYS;
ALTER TABLE `scheduler_detail` DISABLE KEYS;
ALTER TABLE `scheduler_detail` ENABLE KEYS;
ALTER TABLE `schema_version` DISABLE KEYS;
ALTER TABLE `schema_version` ENABLE KEYS;
ALTER TABLE `sms_campaign` DISABLE KEYS;
ALTER TABLE `sms_campaign` ENABLE KEYS;
ALTER TABLE `sms_messages_outbound` DISABLE KEYS;
ALTER TABLE `sms_messages_outbound` ENABLE KEYS;
ALTER TABLE `stretchy_parameter` DISABLE KEYS;
ALTER TABLE `stretchy_parameter` ENABLE KEYS;
ALTER TABLE `stretchy_report` DISABLE KEYS;
ALTER TABLE `stretchy_report` ENABLE KEYS;
ALTER TABLE `stretchy_report_parameter` DISABLE KEYS;
ALTER TABLE `stretchy_report_parameter` ENABLE KEYS;
ALTER TABLE `x_registered_table` DISABLE KEYS;
ALTER TABLE `x_registered_table` ENABLE KEYS;
ALTER TABLE `x_table_column_code_mappings` DISABLE KEYS;
ALTER TABLE `x_table_column_code_mappings` ENABLE KEYS;
