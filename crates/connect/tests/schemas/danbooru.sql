-- Danbooru's tables, keys and indexes: github.com/danbooru/danbooru, db/structure.sql at
-- 06587d1f933502ae5d749c967787d44be3938846. Copyright (c) 2013~2026, Danbooru Project. BSD-2-Clause: danbooru.LICENSE.
-- Without defaults, views, functions, extensions and the indexes that need them.
CREATE TABLE ai_tags (
  media_asset_id integer NOT NULL, tag_id integer NOT NULL, score smallint NOT NULL
);
CREATE TABLE api_keys (
  id integer NOT NULL, user_id integer NOT NULL, key varchar NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, name varchar, permissions varchar[] NOT NULL,
  permitted_ip_addresses inet[] NOT NULL, uses integer NOT NULL, last_used_at timestamp, last_ip_address inet,
  PRIMARY KEY (id)
);
CREATE TABLE ar_internal_metadata (
  key varchar NOT NULL, value varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  PRIMARY KEY (key)
);
CREATE TABLE artist_commentaries (
  id integer NOT NULL, post_id integer NOT NULL, original_title text, original_description text,
  translated_title text, translated_description text, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE artist_commentary_versions (
  id integer NOT NULL, post_id integer NOT NULL, updater_id integer NOT NULL, original_title text,
  original_description text, translated_title text, translated_description text,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE artist_urls (
  id integer NOT NULL, artist_id integer NOT NULL, url varchar NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, is_active boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE artist_versions (
  id integer NOT NULL, artist_id integer NOT NULL, name varchar NOT NULL, updater_id integer NOT NULL,
  is_deleted boolean NOT NULL, group_name varchar, is_banned boolean NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, other_names text[] NOT NULL, urls text[] NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE artists (
  id integer NOT NULL, name varchar NOT NULL, is_deleted boolean NOT NULL, is_banned boolean NOT NULL,
  group_name varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  other_names text[] NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE bans (
  id integer NOT NULL, user_id integer NOT NULL, reason text NOT NULL, banner_id integer NOT NULL,
  duration interval NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE bulk_update_requests (
  id integer NOT NULL, user_id integer NOT NULL, forum_topic_id integer, script text NOT NULL, status varchar,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, approver_id integer, forum_post_id integer,
  tags text[] NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE comment_votes (
  id integer NOT NULL, comment_id integer NOT NULL, user_id integer NOT NULL, score integer NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_deleted boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE comments (
  id integer NOT NULL, post_id integer NOT NULL, creator_id integer NOT NULL, body text NOT NULL,
  score integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, updater_id integer,
  do_not_bump_post boolean NOT NULL, is_deleted boolean NOT NULL, is_sticky boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE dmails (
  id integer NOT NULL, owner_id integer NOT NULL, from_id integer NOT NULL, to_id integer NOT NULL,
  title text NOT NULL, body text NOT NULL, is_read boolean NOT NULL, is_deleted boolean NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_spam boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE dtext_links (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  model_type varchar NOT NULL, model_id bigint NOT NULL, link_type integer NOT NULL,
  link_target varchar NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE email_addresses (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, user_id bigint NOT NULL,
  address varchar NOT NULL, normalized_address varchar NOT NULL, is_verified boolean NOT NULL,
  is_deliverable boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE favorite_groups (
  id integer NOT NULL, name text NOT NULL, creator_id integer NOT NULL, post_ids integer[] NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_public boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE favorites (
  id integer NOT NULL, user_id integer NOT NULL, post_id integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE forum_post_votes (
  id integer NOT NULL, forum_post_id integer NOT NULL, creator_id integer NOT NULL, score integer NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE forum_posts (
  id integer NOT NULL, topic_id integer NOT NULL, creator_id integer NOT NULL, updater_id integer NOT NULL,
  body text NOT NULL, is_deleted boolean NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE forum_topic_visits (
  id integer NOT NULL, user_id integer NOT NULL, forum_topic_id integer NOT NULL,
  last_read_at timestamp NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE forum_topics (
  id integer NOT NULL, creator_id integer NOT NULL, updater_id integer NOT NULL, title text NOT NULL,
  response_count integer NOT NULL, is_sticky boolean NOT NULL, is_locked boolean NOT NULL,
  is_deleted boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  category_id integer NOT NULL, min_level integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE good_job_batches (
  id uuid NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, description text,
  serialized_properties jsonb, on_finish text, on_success text, on_discard text, callback_queue_name text,
  callback_priority integer, enqueued_at timestamp, discarded_at timestamp, finished_at timestamp,
  jobs_finished_at timestamp, PRIMARY KEY (id)
);
CREATE TABLE good_job_executions (
  id uuid NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, active_job_id uuid NOT NULL,
  job_class text, queue_name text, serialized_params jsonb, scheduled_at timestamp, finished_at timestamp,
  error text, error_event smallint, error_backtrace text[], process_id uuid, duration interval,
  PRIMARY KEY (id)
);
CREATE TABLE good_job_processes (
  id uuid NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, state jsonb,
  lock_type smallint, PRIMARY KEY (id)
);
CREATE TABLE good_job_settings (
  id uuid NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, key text, value jsonb,
  PRIMARY KEY (id)
);
CREATE TABLE good_jobs (
  id uuid NOT NULL, queue_name text, priority integer, serialized_params jsonb, scheduled_at timestamp,
  performed_at timestamp, finished_at timestamp, error text, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, active_job_id uuid, concurrency_key text, cron_key text,
  retried_good_job_id uuid, cron_at timestamp, batch_id uuid, batch_callback_id uuid, is_discrete boolean,
  executions_count integer, job_class text, error_event smallint, labels text[], locked_by_id uuid,
  locked_at timestamp, PRIMARY KEY (id)
);
CREATE TABLE ip_bans (
  id integer NOT NULL, creator_id integer NOT NULL, ip_addr inet NOT NULL, reason text NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_deleted boolean NOT NULL,
  category integer NOT NULL, hit_count integer NOT NULL, last_hit_at timestamp, PRIMARY KEY (id)
);
CREATE TABLE ip_geolocations (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, ip_addr inet NOT NULL,
  network inet, asn integer, is_proxy boolean NOT NULL, latitude double precision, longitude double precision,
  organization varchar, time_zone varchar, continent varchar, country varchar, region varchar, city varchar,
  carrier varchar, PRIMARY KEY (id)
);
CREATE TABLE login_sessions (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, user_id bigint NOT NULL,
  login_id uuid NOT NULL, session_id uuid NOT NULL, status integer NOT NULL, last_seen_at timestamp,
  PRIMARY KEY (id)
);
CREATE TABLE media_assets (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, md5 varchar NOT NULL,
  file_ext varchar NOT NULL, file_size integer NOT NULL, image_width integer NOT NULL,
  image_height integer NOT NULL, duration double precision, status integer NOT NULL,
  file_key varchar NOT NULL, is_public boolean NOT NULL, pixel_hash uuid NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE media_metadata (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  media_asset_id bigint NOT NULL, metadata jsonb, PRIMARY KEY (id)
);
CREATE TABLE mod_actions (
  id integer NOT NULL, creator_id integer NOT NULL, description text NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, category integer NOT NULL, subject_type varchar, subject_id integer,
  PRIMARY KEY (id)
);
CREATE TABLE moderation_reports (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  model_type varchar NOT NULL, model_id integer NOT NULL, creator_id integer NOT NULL, reason text NOT NULL,
  status integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE news_updates (
  id integer NOT NULL, message text NOT NULL, creator_id integer NOT NULL, updater_id integer NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_deleted boolean NOT NULL,
  duration interval, PRIMARY KEY (id)
);
CREATE TABLE note_versions (
  id integer NOT NULL, note_id integer NOT NULL, post_id integer NOT NULL, updater_id integer NOT NULL,
  x integer NOT NULL, y integer NOT NULL, width integer NOT NULL, height integer NOT NULL,
  is_active boolean NOT NULL, body text NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, version integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE notes (
  id integer NOT NULL, post_id integer NOT NULL, x integer NOT NULL, y integer NOT NULL,
  width integer NOT NULL, height integer NOT NULL, is_active boolean NOT NULL, body text NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, version integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE pool_versions (
  id integer NOT NULL, created_at timestamp, updated_at timestamp, pool_id integer NOT NULL,
  updater_id integer, version integer NOT NULL, name text, description text, category varchar,
  is_active boolean NOT NULL, is_deleted boolean NOT NULL, description_changed boolean NOT NULL,
  name_changed boolean NOT NULL, post_ids integer[] NOT NULL, added_post_ids integer[] NOT NULL,
  removed_post_ids integer[] NOT NULL, "boolean" boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE pools (
  id integer NOT NULL, name text NOT NULL, description text, is_active boolean NOT NULL,
  post_ids integer[] NOT NULL, is_deleted boolean NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, category varchar, PRIMARY KEY (id)
);
CREATE TABLE post_appeals (
  id integer NOT NULL, post_id integer NOT NULL, creator_id integer NOT NULL, reason text NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, status integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE post_approvals (
  id integer NOT NULL, user_id integer NOT NULL, post_id integer NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE post_disapprovals (
  id integer NOT NULL, user_id integer NOT NULL, post_id integer NOT NULL, created_at timestamp,
  updated_at timestamp, reason varchar NOT NULL, message text, PRIMARY KEY (id)
);
CREATE TABLE post_flags (
  id integer NOT NULL, post_id integer NOT NULL, creator_id integer NOT NULL, reason text NOT NULL,
  is_resolved boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  status integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE post_replacements (
  id integer NOT NULL, post_id integer NOT NULL, creator_id integer NOT NULL, original_url varchar NOT NULL,
  replacement_url varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  old_file_ext varchar, old_file_size integer, old_image_width integer, old_image_height integer,
  old_md5 varchar, file_ext varchar, file_size integer, image_width integer, image_height integer,
  md5 varchar, media_asset_id integer, old_media_asset_id integer, PRIMARY KEY (id)
);
CREATE TABLE posts (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  up_score integer NOT NULL, down_score integer NOT NULL, score integer NOT NULL, source varchar,
  md5 varchar NOT NULL, rating character(1), is_pending boolean NOT NULL, is_flagged boolean NOT NULL,
  is_deleted boolean NOT NULL, uploader_id integer NOT NULL, approver_id integer, last_noted_at timestamp,
  last_comment_bumped_at timestamp, fav_count integer NOT NULL, tag_string text, tag_count integer NOT NULL,
  tag_count_general integer NOT NULL, tag_count_artist integer NOT NULL, tag_count_character integer NOT NULL,
  tag_count_copyright integer NOT NULL, file_ext varchar NOT NULL, file_size integer NOT NULL,
  image_width integer NOT NULL, image_height integer NOT NULL, parent_id integer,
  has_children boolean NOT NULL, is_banned boolean NOT NULL, pixiv_id integer, last_commented_at timestamp,
  has_active_children boolean, bit_flags bigint NOT NULL, tag_count_meta integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE post_versions (
  id integer NOT NULL, updated_at timestamp NOT NULL, post_id integer NOT NULL, updater_id integer,
  version integer NOT NULL, parent_changed boolean NOT NULL, rating_changed boolean NOT NULL,
  source_changed boolean NOT NULL, parent_id integer, rating varchar(1), source text, tags text NOT NULL,
  added_tags text[] NOT NULL, removed_tags text[] NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE post_votes (
  id integer NOT NULL, post_id integer NOT NULL, user_id integer NOT NULL, score integer NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_deleted boolean, PRIMARY KEY (id)
);
CREATE TABLE rate_limits (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, limited boolean NOT NULL,
  points double precision NOT NULL, action varchar NOT NULL, key varchar NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE reactions (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  creator_id integer NOT NULL, reaction_id integer NOT NULL, model_type varchar NOT NULL,
  model_id integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE saved_searches (
  id integer NOT NULL, user_id integer NOT NULL, query varchar NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, labels text[] NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE schema_migrations (
  version varchar NOT NULL, PRIMARY KEY (version)
);
CREATE TABLE site_credentials (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, site integer NOT NULL,
  creator_id bigint NOT NULL, is_enabled boolean NOT NULL, is_public boolean NOT NULL,
  status integer NOT NULL, usage_count integer NOT NULL, error_count integer NOT NULL, last_used_at timestamp,
  last_error_at timestamp, credential jsonb, metadata jsonb, PRIMARY KEY (id)
);
CREATE TABLE tag_aliases (
  id integer NOT NULL, antecedent_name varchar NOT NULL, consequent_name varchar NOT NULL,
  creator_id integer NOT NULL, forum_topic_id integer, status varchar, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, approver_id integer, forum_post_id integer, reason text, PRIMARY KEY (id)
);
CREATE TABLE tag_implications (
  id integer NOT NULL, antecedent_name varchar NOT NULL, consequent_name varchar NOT NULL,
  creator_id integer NOT NULL, forum_topic_id integer, status varchar, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, approver_id integer, forum_post_id integer, reason text, PRIMARY KEY (id)
);
CREATE TABLE tag_versions (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, tag_id integer NOT NULL,
  updater_id integer, previous_version_id integer, version integer NOT NULL, name varchar NOT NULL,
  category integer NOT NULL, is_deprecated boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE tags (
  id integer NOT NULL, name varchar NOT NULL, post_count integer NOT NULL, category integer NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, is_deprecated boolean NOT NULL,
  words varchar[] NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE upgrade_codes (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, code varchar NOT NULL,
  status integer NOT NULL, creator_id integer NOT NULL, redeemer_id integer, user_upgrade_id integer,
  PRIMARY KEY (id)
);
CREATE TABLE upload_media_assets (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, upload_id bigint NOT NULL,
  media_asset_id bigint, status integer NOT NULL, source_url varchar, error varchar, page_url varchar,
  user_id integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE uploads (
  id integer NOT NULL, source varchar, uploader_id integer NOT NULL, status varchar,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, referer_url varchar, error text,
  media_asset_count integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE user_events (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, user_id integer NOT NULL,
  user_session_id integer, category integer NOT NULL, ip_addr inet, session_id uuid, user_agent varchar,
  metadata jsonb, login_session_id uuid, PRIMARY KEY (id)
);
CREATE TABLE user_feedback (
  id integer NOT NULL, user_id integer NOT NULL, creator_id integer NOT NULL, category varchar NOT NULL,
  body text NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  is_deleted boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE user_name_change_requests (
  id integer NOT NULL, user_id integer NOT NULL, original_name varchar NOT NULL,
  desired_name varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE user_upgrades (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  recipient_id integer NOT NULL, purchaser_id integer NOT NULL, upgrade_type integer NOT NULL,
  status integer NOT NULL, transaction_id varchar, payment_processor integer NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE users (
  id integer NOT NULL, created_at timestamp NOT NULL, updated_at timestamp, name varchar NOT NULL,
  inviter_id integer, level integer NOT NULL, last_logged_in_at timestamp, last_forum_read_at timestamp,
  post_upload_count integer NOT NULL, post_update_count integer NOT NULL, note_update_count integer NOT NULL,
  favorite_count integer NOT NULL, comment_threshold integer NOT NULL, default_image_size varchar NOT NULL,
  favorite_tags text, blacklisted_tags text, time_zone varchar NOT NULL, bcrypt_password_hash text NOT NULL,
  per_page integer NOT NULL, custom_style text, bit_prefs bigint NOT NULL, last_ip_addr inet,
  unread_dmail_count integer NOT NULL, theme integer NOT NULL, upload_points integer NOT NULL,
  is_deleted boolean NOT NULL, totp_secret varchar, backup_codes integer[], PRIMARY KEY (id)
);
CREATE TABLE wiki_page_versions (
  id integer NOT NULL, wiki_page_id integer NOT NULL, updater_id integer NOT NULL, title varchar NOT NULL,
  body text NOT NULL, is_locked boolean NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, other_names text[] NOT NULL, is_deleted boolean NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE user_sessions (
  id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, ip_addr inet NOT NULL,
  session_id varchar NOT NULL, user_agent varchar, PRIMARY KEY (id)
);
CREATE TABLE wiki_pages (
  id integer NOT NULL, title varchar NOT NULL, body text NOT NULL, is_locked boolean NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, other_names text[] NOT NULL,
  is_deleted boolean NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX index_ai_tags_on_media_asset_id ON ai_tags (media_asset_id);
CREATE INDEX index_ai_tags_on_score ON ai_tags (score);
CREATE INDEX index_ai_tags_on_tag_id_and_score ON ai_tags (tag_id, score);
CREATE UNIQUE INDEX index_api_keys_on_key ON api_keys (key);
CREATE INDEX index_api_keys_on_user_id ON api_keys (user_id);
CREATE INDEX index_artist_commentaries_on_created_at ON artist_commentaries (created_at);
CREATE UNIQUE INDEX index_artist_commentaries_on_post_id ON artist_commentaries (post_id);
CREATE INDEX index_artist_commentary_versions_on_created_at ON artist_commentary_versions (created_at);
CREATE INDEX index_artist_commentary_versions_on_post_id ON artist_commentary_versions (post_id);
CREATE INDEX index_artist_commentary_versions_on_updater_id_and_created_at ON artist_commentary_versions (updater_id, created_at);
CREATE INDEX index_artist_commentary_versions_on_updater_id_and_post_id ON artist_commentary_versions (updater_id, post_id);
CREATE INDEX index_artist_urls_on_artist_id ON artist_urls (artist_id);
CREATE INDEX index_artist_versions_on_artist_id ON artist_versions (artist_id);
CREATE INDEX index_artist_versions_on_created_at ON artist_versions (created_at);
CREATE INDEX index_artist_versions_on_name ON artist_versions (name);
CREATE INDEX index_artist_versions_on_updater_id ON artist_versions (updater_id);
CREATE INDEX index_artist_versions_on_updater_id_and_created_at ON artist_versions (updater_id, created_at);
CREATE INDEX index_artists_on_group_name ON artists (group_name);
CREATE INDEX index_artists_on_is_banned ON artists (is_banned);
CREATE INDEX index_artists_on_is_deleted ON artists (is_deleted);
CREATE UNIQUE INDEX index_artists_on_name ON artists (name);
CREATE INDEX index_bans_on_banner_id ON bans (banner_id);
CREATE INDEX index_bans_on_created_at ON bans (created_at);
CREATE INDEX index_bans_on_duration ON bans (duration);
CREATE INDEX index_bans_on_user_id ON bans (user_id);
CREATE INDEX index_bans_on_user_id_and_created_at ON bans (user_id, created_at);
CREATE INDEX index_bulk_update_requests_on_created_at ON bulk_update_requests (created_at);
CREATE INDEX index_bulk_update_requests_on_forum_post_id ON bulk_update_requests (forum_post_id);
CREATE INDEX index_bulk_update_requests_on_user_id_and_created_at ON bulk_update_requests (user_id, created_at);
CREATE INDEX index_comment_votes_on_comment_id ON comment_votes (comment_id);
CREATE INDEX index_comment_votes_on_created_at ON comment_votes (created_at);
CREATE INDEX index_comment_votes_on_is_deleted ON comment_votes (is_deleted) WHERE (is_deleted = true);
CREATE INDEX index_comment_votes_on_user_id ON comment_votes (user_id);
CREATE UNIQUE INDEX index_comment_votes_on_user_id_and_comment_id ON comment_votes (user_id, comment_id) WHERE (is_deleted = false);
CREATE INDEX index_comment_votes_on_user_id_and_created_at ON comment_votes (user_id, created_at);
CREATE INDEX index_comments_on_created_at ON comments (created_at);
CREATE INDEX index_comments_on_creator_id_and_created_at ON comments (creator_id, created_at);
CREATE INDEX index_comments_on_creator_id_and_post_id ON comments (creator_id, post_id);
CREATE INDEX index_comments_on_do_not_bump_post ON comments (do_not_bump_post) WHERE (do_not_bump_post = true);
CREATE INDEX index_comments_on_is_deleted ON comments (is_deleted) WHERE (is_deleted = true);
CREATE INDEX index_comments_on_is_sticky ON comments (is_sticky) WHERE (is_sticky = true);
CREATE INDEX index_comments_on_post_id ON comments (post_id);
CREATE INDEX index_comments_on_score ON comments (score);
CREATE INDEX index_comments_on_updater_id ON comments (updater_id) WHERE (updater_id IS NOT NULL);
CREATE INDEX index_completed_user_upgrades_on_created_at ON user_upgrades (created_at) WHERE (status = ANY (ARRAY[20, 30]));
CREATE INDEX index_completed_user_upgrades_on_updater_id_and_created_at ON user_upgrades (purchaser_id, created_at) WHERE (status = ANY (ARRAY[20, 30]));
CREATE INDEX index_dmails_on_created_at ON dmails (created_at);
CREATE INDEX index_dmails_on_from_id ON dmails (from_id);
CREATE INDEX index_dmails_on_is_deleted ON dmails (is_deleted);
CREATE INDEX index_dmails_on_is_read ON dmails (is_read);
CREATE INDEX index_dmails_on_owner_id ON dmails (owner_id);
CREATE INDEX index_dtext_links_on_link_type ON dtext_links (link_type);
CREATE INDEX index_dtext_links_on_model_type_and_model_id ON dtext_links (model_type, model_id);
CREATE INDEX index_email_addresses_on_address ON email_addresses (address);
CREATE INDEX index_email_addresses_on_created_at ON email_addresses (created_at);
CREATE INDEX index_email_addresses_on_is_deliverable ON email_addresses (is_deliverable) WHERE (is_deliverable = false);
CREATE INDEX index_email_addresses_on_is_verified ON email_addresses (is_verified) WHERE (is_verified = false);
CREATE UNIQUE INDEX index_email_addresses_on_normalize_address_unique ON email_addresses (normalized_address);
CREATE INDEX index_email_addresses_on_normalized_address ON email_addresses (normalized_address);
CREATE UNIQUE INDEX index_email_addresses_on_user_id ON email_addresses (user_id);
CREATE INDEX index_favorite_groups_on_created_at ON favorite_groups (created_at);
CREATE INDEX index_favorite_groups_on_created_at_id_is_public_creator_id ON favorite_groups (created_at, id, is_public, creator_id);
CREATE INDEX index_favorite_groups_on_creator_id ON favorite_groups (creator_id);
CREATE INDEX index_favorite_groups_on_is_public ON favorite_groups (is_public);
CREATE INDEX index_favorites_on_post_id ON favorites (post_id);
CREATE INDEX index_favorites_on_user_id_and_id ON favorites (user_id, id);
CREATE UNIQUE INDEX index_favorites_on_user_id_and_post_id ON favorites (user_id, post_id);
CREATE INDEX index_forum_post_votes_on_created_at ON forum_post_votes (created_at);
CREATE INDEX index_forum_post_votes_on_creator_id_and_created_at ON forum_post_votes (creator_id, created_at);
CREATE INDEX index_forum_post_votes_on_forum_post_id ON forum_post_votes (forum_post_id);
CREATE UNIQUE INDEX index_forum_post_votes_on_forum_post_id_and_creator_id ON forum_post_votes (forum_post_id, creator_id);
CREATE INDEX index_forum_posts_on_created_at ON forum_posts (created_at);
CREATE INDEX index_forum_posts_on_creator_id ON forum_posts (creator_id);
CREATE INDEX index_forum_posts_on_creator_id_and_created_at ON forum_posts (creator_id, created_at);
CREATE INDEX index_forum_posts_on_topic_id ON forum_posts (topic_id);
CREATE INDEX index_forum_posts_on_topic_id_and_id ON forum_posts (topic_id, id);
CREATE INDEX index_forum_posts_on_updated_at ON forum_posts (updated_at);
CREATE INDEX index_forum_topic_visits_on_forum_topic_id ON forum_topic_visits (forum_topic_id);
CREATE INDEX index_forum_topic_visits_on_last_read_at ON forum_topic_visits (last_read_at);
CREATE INDEX index_forum_topic_visits_on_user_id ON forum_topic_visits (user_id);
CREATE INDEX index_forum_topics_on_created_at ON forum_topics (created_at);
CREATE INDEX index_forum_topics_on_creator_id ON forum_topics (creator_id);
CREATE INDEX index_forum_topics_on_creator_id_and_created_at ON forum_topics (creator_id, created_at);
CREATE INDEX index_forum_topics_on_is_sticky_and_updated_at ON forum_topics (is_sticky, updated_at);
CREATE INDEX index_forum_topics_on_updated_at ON forum_topics (updated_at);
CREATE INDEX index_good_job_executions_on_active_job_id_and_created_at ON good_job_executions (active_job_id, created_at);
CREATE INDEX index_good_job_executions_on_process_id_and_created_at ON good_job_executions (process_id, created_at);
CREATE INDEX index_good_job_jobs_for_candidate_lookup ON good_jobs (priority, created_at) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX index_good_job_settings_on_key ON good_job_settings (key);
CREATE INDEX index_good_jobs_jobs_on_finished_at_only ON good_jobs (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX index_good_jobs_jobs_on_priority_created_at_when_unfinished ON good_jobs (priority DESC NULLS LAST, created_at) WHERE (finished_at IS NULL);
CREATE INDEX index_good_jobs_on_active_job_id_and_created_at ON good_jobs (active_job_id, created_at);
CREATE INDEX index_good_jobs_on_batch_callback_id ON good_jobs (batch_callback_id) WHERE (batch_callback_id IS NOT NULL);
CREATE INDEX index_good_jobs_on_batch_id ON good_jobs (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX index_good_jobs_on_concurrency_key_and_created_at ON good_jobs (concurrency_key, created_at);
CREATE INDEX index_good_jobs_on_concurrency_key_when_unfinished ON good_jobs (concurrency_key) WHERE (finished_at IS NULL);
CREATE INDEX index_good_jobs_on_cron_key_and_created_at_cond ON good_jobs (cron_key, created_at) WHERE (cron_key IS NOT NULL);
CREATE UNIQUE INDEX index_good_jobs_on_cron_key_and_cron_at_cond ON good_jobs (cron_key, cron_at) WHERE (cron_key IS NOT NULL);
CREATE INDEX index_good_jobs_on_job_class ON good_jobs (job_class);
CREATE INDEX index_good_jobs_on_locked_by_id ON good_jobs (locked_by_id) WHERE (locked_by_id IS NOT NULL);
CREATE INDEX index_good_jobs_on_queue_name_and_scheduled_at ON good_jobs (queue_name, scheduled_at) WHERE (finished_at IS NULL);
CREATE INDEX index_good_jobs_on_scheduled_at ON good_jobs (scheduled_at) WHERE (finished_at IS NULL);
CREATE INDEX index_ip_bans_on_category ON ip_bans (category);
CREATE INDEX index_ip_bans_on_ip_addr ON ip_bans (ip_addr);
CREATE INDEX index_ip_bans_on_is_deleted ON ip_bans (is_deleted);
CREATE INDEX index_ip_geolocations_on_asn ON ip_geolocations (asn);
CREATE INDEX index_ip_geolocations_on_carrier ON ip_geolocations (carrier);
CREATE INDEX index_ip_geolocations_on_city ON ip_geolocations (city);
CREATE INDEX index_ip_geolocations_on_continent ON ip_geolocations (continent);
CREATE INDEX index_ip_geolocations_on_country ON ip_geolocations (country);
CREATE INDEX index_ip_geolocations_on_created_at ON ip_geolocations (created_at);
CREATE UNIQUE INDEX index_ip_geolocations_on_ip_addr ON ip_geolocations (ip_addr);
CREATE INDEX index_ip_geolocations_on_is_proxy ON ip_geolocations (is_proxy);
CREATE INDEX index_ip_geolocations_on_latitude ON ip_geolocations (latitude);
CREATE INDEX index_ip_geolocations_on_longitude ON ip_geolocations (longitude);
CREATE INDEX index_ip_geolocations_on_network ON ip_geolocations (network);
CREATE INDEX index_ip_geolocations_on_organization ON ip_geolocations (organization);
CREATE INDEX index_ip_geolocations_on_region ON ip_geolocations (region);
CREATE INDEX index_ip_geolocations_on_time_zone ON ip_geolocations (time_zone);
CREATE INDEX index_ip_geolocations_on_updated_at ON ip_geolocations (updated_at);
CREATE INDEX index_login_sessions_on_created_at_and_id ON login_sessions (created_at, id);
CREATE INDEX index_login_sessions_on_last_seen_at_and_id ON login_sessions (last_seen_at, id);
CREATE UNIQUE INDEX index_login_sessions_on_login_id ON login_sessions (login_id);
CREATE INDEX index_login_sessions_on_session_id ON login_sessions (session_id);
CREATE INDEX index_login_sessions_on_status ON login_sessions (status);
CREATE INDEX index_login_sessions_on_updated_at_and_id ON login_sessions (updated_at, id);
CREATE INDEX index_login_sessions_on_user_id ON login_sessions (user_id);
CREATE INDEX index_media_assets_on_created_at ON media_assets (created_at);
CREATE INDEX index_media_assets_on_duration ON media_assets (duration) WHERE (duration IS NOT NULL);
CREATE INDEX index_media_assets_on_file_ext ON media_assets (file_ext);
CREATE UNIQUE INDEX index_media_assets_on_file_key ON media_assets (file_key);
CREATE INDEX index_media_assets_on_file_size ON media_assets (file_size);
CREATE INDEX index_media_assets_on_image_height ON media_assets (image_height);
CREATE INDEX index_media_assets_on_image_width ON media_assets (image_width);
CREATE INDEX index_media_assets_on_is_public ON media_assets (is_public) WHERE (is_public = false);
CREATE INDEX index_media_assets_on_md5 ON media_assets (md5);
CREATE UNIQUE INDEX index_media_assets_on_md5_and_status ON media_assets (md5) WHERE (status = ANY (ARRAY[100, 200]));
CREATE INDEX index_media_assets_on_pixel_hash ON media_assets (pixel_hash);
CREATE INDEX index_media_assets_on_status ON media_assets (status) WHERE (status <> 200);
CREATE INDEX index_media_assets_on_updated_at ON media_assets (updated_at);
CREATE UNIQUE INDEX index_media_metadata_on_media_asset_id ON media_metadata (media_asset_id);
CREATE INDEX index_mod_actions_on_category ON mod_actions (category);
CREATE INDEX index_mod_actions_on_created_at ON mod_actions (created_at);
CREATE INDEX index_mod_actions_on_creator_id ON mod_actions (creator_id);
CREATE INDEX index_mod_actions_on_creator_id_and_created_at ON mod_actions (creator_id, created_at);
CREATE INDEX index_mod_actions_on_subject_id ON mod_actions (subject_id);
CREATE INDEX index_mod_actions_on_subject_type ON mod_actions (subject_type);
CREATE INDEX index_moderation_reports_on_created_at ON moderation_reports (created_at);
CREATE INDEX index_moderation_reports_on_creator_id ON moderation_reports (creator_id);
CREATE INDEX index_moderation_reports_on_creator_id_and_created_at ON moderation_reports (creator_id, created_at);
CREATE INDEX index_moderation_reports_on_model_type_and_model_id ON moderation_reports (model_type, model_id);
CREATE INDEX index_moderation_reports_on_status ON moderation_reports (status);
CREATE INDEX index_news_updates_on_created_at ON news_updates (created_at);
CREATE INDEX index_note_versions_on_created_at ON note_versions (created_at);
CREATE INDEX index_note_versions_on_note_id ON note_versions (note_id);
CREATE INDEX index_note_versions_on_post_id ON note_versions (post_id);
CREATE INDEX index_note_versions_on_updater_id_and_created_at ON note_versions (updater_id, created_at);
CREATE INDEX index_note_versions_on_updater_id_and_post_id ON note_versions (updater_id, post_id);
CREATE INDEX index_notes_on_post_id ON notes (post_id);
CREATE INDEX index_pool_versions_on_added_post_ids ON pool_versions (added_post_ids);
CREATE INDEX index_pool_versions_on_created_at ON pool_versions (created_at);
CREATE INDEX index_pool_versions_on_description_changed ON pool_versions (description_changed);
CREATE INDEX index_pool_versions_on_name_changed ON pool_versions (name_changed);
CREATE INDEX index_pool_versions_on_pool_id ON pool_versions (pool_id);
CREATE INDEX index_pool_versions_on_post_ids ON pool_versions (post_ids);
CREATE INDEX index_pool_versions_on_removed_post_ids ON pool_versions (removed_post_ids);
CREATE INDEX index_pool_versions_on_updated_at ON pool_versions (updated_at);
CREATE INDEX index_pool_versions_on_updater_id ON pool_versions (updater_id);
CREATE INDEX index_pools_on_category ON pools (category);
CREATE INDEX index_pools_on_is_deleted ON pools (is_deleted);
CREATE INDEX index_pools_on_updated_at ON pools (updated_at);
CREATE INDEX index_post_appeals_on_created_at ON post_appeals (created_at);
CREATE INDEX index_post_appeals_on_creator_id ON post_appeals (creator_id);
CREATE INDEX index_post_appeals_on_creator_id_and_created_at ON post_appeals (creator_id, created_at);
CREATE INDEX index_post_appeals_on_post_id ON post_appeals (post_id);
CREATE INDEX index_post_appeals_on_status ON post_appeals (status);
CREATE INDEX index_post_approvals_on_created_at ON post_approvals (created_at);
CREATE INDEX index_post_approvals_on_post_id ON post_approvals (post_id);
CREATE INDEX index_post_approvals_on_user_id ON post_approvals (user_id);
CREATE INDEX index_post_approvals_on_user_id_and_created_at ON post_approvals (user_id, created_at);
CREATE INDEX index_post_disapprovals_on_created_at ON post_disapprovals (created_at);
CREATE INDEX index_post_disapprovals_on_post_id ON post_disapprovals (post_id);
CREATE INDEX index_post_disapprovals_on_user_id ON post_disapprovals (user_id);
CREATE INDEX index_post_disapprovals_on_user_id_and_created_at ON post_disapprovals (user_id, created_at);
CREATE UNIQUE INDEX index_post_disapprovals_on_user_id_and_post_id ON post_disapprovals (user_id, post_id);
CREATE INDEX index_post_flags_on_created_at ON post_flags (created_at);
CREATE INDEX index_post_flags_on_creator_id ON post_flags (creator_id);
CREATE INDEX index_post_flags_on_creator_id_and_created_at ON post_flags (creator_id, created_at);
CREATE INDEX index_post_flags_on_post_id ON post_flags (post_id);
CREATE INDEX index_post_flags_on_status ON post_flags (status);
CREATE INDEX index_post_replacements_on_created_at ON post_replacements (created_at);
CREATE INDEX index_post_replacements_on_creator_id ON post_replacements (creator_id);
CREATE INDEX index_post_replacements_on_creator_id_and_created_at ON post_replacements (creator_id, created_at);
CREATE INDEX index_post_replacements_on_md5 ON post_replacements (md5);
CREATE INDEX index_post_replacements_on_media_asset_id ON post_replacements (media_asset_id);
CREATE INDEX index_post_replacements_on_old_md5 ON post_replacements (old_md5);
CREATE INDEX index_post_replacements_on_old_media_asset_id ON post_replacements (old_media_asset_id);
CREATE INDEX index_post_replacements_on_post_id ON post_replacements (post_id);
CREATE INDEX index_post_versions_on_added_tags ON post_versions (added_tags);
CREATE INDEX index_post_versions_on_parent_changed ON post_versions (parent_changed);
CREATE INDEX index_post_versions_on_post_id ON post_versions (post_id);
CREATE INDEX index_post_versions_on_rating_changed ON post_versions (rating_changed);
CREATE INDEX index_post_versions_on_removed_tags ON post_versions (removed_tags);
CREATE INDEX index_post_versions_on_source_changed ON post_versions (source_changed);
CREATE INDEX index_post_versions_on_updated_at ON post_versions (updated_at);
CREATE INDEX index_post_versions_on_updater_id ON post_versions (updater_id);
CREATE INDEX index_post_versions_on_version ON post_versions (version);
CREATE INDEX index_post_versons_on_updater_id_and_id ON post_versions (updater_id, id);
CREATE INDEX index_post_votes_on_created_at ON post_votes (created_at);
CREATE INDEX index_post_votes_on_is_deleted ON post_votes (is_deleted) WHERE (is_deleted = true);
CREATE INDEX index_post_votes_on_post_id ON post_votes (post_id);
CREATE INDEX index_post_votes_on_user_id ON post_votes (user_id);
CREATE INDEX index_post_votes_on_user_id_and_created_at ON post_votes (user_id, created_at);
CREATE UNIQUE INDEX index_post_votes_on_user_id_and_post_id ON post_votes (user_id, post_id) WHERE (is_deleted = false);
CREATE INDEX index_posts_on_approver_id ON posts (approver_id) WHERE (approver_id IS NOT NULL);
CREATE INDEX index_posts_on_created_at ON posts (created_at);
CREATE INDEX index_posts_on_is_deleted ON posts (is_deleted) WHERE (is_deleted = true);
CREATE INDEX index_posts_on_is_flagged ON posts (is_flagged) WHERE (is_flagged = true);
CREATE INDEX index_posts_on_is_pending ON posts (is_pending) WHERE (is_pending = true);
CREATE INDEX index_posts_on_last_comment_bumped_at ON posts (last_comment_bumped_at DESC NULLS LAST);
CREATE INDEX index_posts_on_last_noted_at ON posts (last_noted_at DESC NULLS LAST);
CREATE UNIQUE INDEX index_posts_on_md5 ON posts (md5);
CREATE INDEX index_posts_on_parent_id ON posts (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX index_posts_on_pixiv_id ON posts (pixiv_id) WHERE (pixiv_id IS NOT NULL);
CREATE INDEX index_posts_on_rating ON posts (rating) WHERE (rating <> 's'::bpchar);
CREATE INDEX index_posts_on_uploader_id ON posts (uploader_id) WHERE (uploader_id IS NOT NULL);
CREATE INDEX index_posts_on_uploader_id_and_created_at ON posts (uploader_id, created_at);
CREATE UNIQUE INDEX index_rate_limits_on_key_and_action ON rate_limits (key, action);
CREATE INDEX index_reactions_on_creator_id ON reactions (creator_id);
CREATE INDEX index_reactions_on_model ON reactions (model_type, model_id);
CREATE UNIQUE INDEX index_reactions_on_model_creator_reaction ON reactions (model_type, model_id, creator_id, reaction_id);
CREATE INDEX index_saved_searches_on_created_at ON saved_searches (created_at);
CREATE INDEX index_saved_searches_on_query ON saved_searches (query);
CREATE INDEX index_saved_searches_on_user_id ON saved_searches (user_id);
CREATE INDEX index_saved_searches_on_user_id_and_created_at ON saved_searches (user_id, created_at);
CREATE INDEX index_sent_dmails_on_created_at ON dmails (created_at) WHERE (owner_id = from_id);
CREATE INDEX index_sent_dmails_on_owner_id_and_created_at ON dmails (owner_id, created_at) WHERE (owner_id = from_id);
CREATE INDEX index_site_credentials_on_creator_id ON site_credentials (creator_id);
CREATE INDEX index_site_credentials_on_error_count ON site_credentials (error_count);
CREATE INDEX index_site_credentials_on_is_enabled ON site_credentials (is_enabled);
CREATE INDEX index_site_credentials_on_is_public ON site_credentials (is_public);
CREATE INDEX index_site_credentials_on_last_error_at ON site_credentials (last_error_at);
CREATE INDEX index_site_credentials_on_last_used_at ON site_credentials (last_used_at);
CREATE INDEX index_site_credentials_on_site ON site_credentials (site);
CREATE INDEX index_site_credentials_on_status ON site_credentials (status);
CREATE INDEX index_site_credentials_on_usage_count ON site_credentials (usage_count);
CREATE INDEX index_tag_aliases_on_antecedent_name ON tag_aliases (antecedent_name);
CREATE INDEX index_tag_aliases_on_consequent_name ON tag_aliases (consequent_name);
CREATE INDEX index_tag_aliases_on_created_at ON tag_aliases (created_at);
CREATE INDEX index_tag_aliases_on_creator_id_and_created_at ON tag_aliases (creator_id, created_at);
CREATE INDEX index_tag_aliases_on_forum_post_id ON tag_aliases (forum_post_id);
CREATE INDEX index_tag_implications_on_antecedent_name ON tag_implications (antecedent_name);
CREATE INDEX index_tag_implications_on_consequent_name ON tag_implications (consequent_name);
CREATE INDEX index_tag_implications_on_created_at ON tag_implications (created_at);
CREATE INDEX index_tag_implications_on_creator_id_and_created_at ON tag_implications (creator_id, created_at);
CREATE INDEX index_tag_implications_on_forum_post_id ON tag_implications (forum_post_id);
CREATE INDEX index_tag_versions_on_category ON tag_versions (category);
CREATE INDEX index_tag_versions_on_created_at_where_updater_id_is_not_null ON tag_versions (created_at) WHERE (updater_id IS NOT NULL);
CREATE INDEX index_tag_versions_on_is_deprecated ON tag_versions (is_deprecated);
CREATE INDEX index_tag_versions_on_previous_version_id ON tag_versions (previous_version_id);
CREATE INDEX index_tag_versions_on_tag_id ON tag_versions (tag_id);
CREATE UNIQUE INDEX index_tag_versions_on_tag_id_and_previous_version_id ON tag_versions (tag_id, previous_version_id);
CREATE INDEX index_tag_versions_on_updater_id ON tag_versions (updater_id);
CREATE INDEX index_tag_versions_on_updater_id_and_created_at ON tag_versions (updater_id, created_at) WHERE (updater_id IS NOT NULL);
CREATE INDEX index_tag_versions_on_version ON tag_versions (version);
CREATE INDEX index_tags_on_is_deprecated ON tags (is_deprecated) WHERE (is_deprecated = true);
CREATE UNIQUE INDEX index_tags_on_name ON tags (name);
CREATE INDEX index_tags_on_post_count ON tags (post_count);
CREATE UNIQUE INDEX index_upgrade_codes_on_code ON upgrade_codes (code);
CREATE INDEX index_upgrade_codes_on_creator_id ON upgrade_codes (creator_id);
CREATE INDEX index_upgrade_codes_on_redeemer_id ON upgrade_codes (redeemer_id) WHERE (redeemer_id IS NOT NULL);
CREATE INDEX index_upgrade_codes_on_status ON upgrade_codes (status);
CREATE INDEX index_upgrade_codes_on_user_upgrade_id ON upgrade_codes (user_upgrade_id) WHERE (user_upgrade_id IS NOT NULL);
CREATE INDEX index_upload_media_assets_on_media_asset_id ON upload_media_assets (media_asset_id);
CREATE INDEX index_upload_media_assets_on_status ON upload_media_assets (status);
CREATE INDEX index_upload_media_assets_on_upload_id ON upload_media_assets (upload_id);
CREATE INDEX index_upload_media_assets_on_user_id ON upload_media_assets (user_id);
CREATE INDEX index_uploads_on_created_at ON uploads (created_at);
CREATE INDEX index_uploads_on_error ON uploads (error) WHERE (error IS NOT NULL);
CREATE INDEX index_uploads_on_media_asset_count ON uploads (media_asset_count);
CREATE INDEX index_uploads_on_uploader_id ON uploads (uploader_id);
CREATE INDEX index_uploads_on_uploader_id_and_created_at_and_id ON uploads (uploader_id, created_at, id);
CREATE INDEX index_user_events_on_category ON user_events (category);
CREATE INDEX index_user_events_on_created_at ON user_events (created_at);
CREATE INDEX index_user_events_on_ip_addr ON user_events (ip_addr);
CREATE INDEX index_user_events_on_login_session_id ON user_events (login_session_id);
CREATE INDEX index_user_events_on_session_id ON user_events (session_id);
CREATE INDEX index_user_events_on_updated_at ON user_events (updated_at);
CREATE INDEX index_user_events_on_user_id ON user_events (user_id);
CREATE INDEX index_user_events_on_user_id_and_created_at ON user_events (user_id, created_at);
CREATE INDEX index_user_events_on_user_session_id ON user_events (user_session_id);
CREATE INDEX index_user_feedback_on_created_at ON user_feedback (created_at);
CREATE INDEX index_user_feedback_on_creator_id ON user_feedback (creator_id);
CREATE INDEX index_user_feedback_on_creator_id_and_created_at ON user_feedback (creator_id, created_at);
CREATE INDEX index_user_feedback_on_user_id ON user_feedback (user_id);
CREATE INDEX index_user_feedback_on_user_id_and_created_at ON user_feedback (user_id, created_at);
CREATE INDEX index_user_name_change_requests_on_created_at ON user_name_change_requests (created_at);
CREATE INDEX index_user_name_change_requests_on_original_name ON user_name_change_requests (original_name);
CREATE INDEX index_user_name_change_requests_on_user_id ON user_name_change_requests (user_id);
CREATE INDEX index_user_name_change_requests_on_user_id_and_created_at ON user_name_change_requests (user_id, created_at);
CREATE INDEX index_user_sessions_on_created_at ON user_sessions (created_at);
CREATE INDEX index_user_sessions_on_ip_addr ON user_sessions (ip_addr);
CREATE INDEX index_user_sessions_on_session_id ON user_sessions (session_id);
CREATE INDEX index_user_sessions_on_updated_at ON user_sessions (updated_at);
CREATE INDEX index_user_upgrades_on_payment_processor ON user_upgrades (payment_processor);
CREATE INDEX index_user_upgrades_on_purchaser_id ON user_upgrades (purchaser_id);
CREATE INDEX index_user_upgrades_on_recipient_id ON user_upgrades (recipient_id);
CREATE INDEX index_user_upgrades_on_status ON user_upgrades (status);
CREATE INDEX index_user_upgrades_on_transaction_id ON user_upgrades (transaction_id);
CREATE INDEX index_user_upgrades_on_upgrade_type ON user_upgrades (upgrade_type);
CREATE INDEX index_users_on_created_at ON users (created_at);
CREATE INDEX index_users_on_id_and_created_at ON users (id, created_at);
CREATE INDEX index_users_on_inviter_id ON users (inviter_id) WHERE (inviter_id IS NOT NULL);
CREATE INDEX index_users_on_is_deleted ON users (is_deleted) WHERE (is_deleted = true);
CREATE INDEX index_users_on_last_ip_addr ON users (last_ip_addr) WHERE (last_ip_addr IS NOT NULL);
CREATE INDEX index_wiki_page_versions_on_created_at ON wiki_page_versions (created_at);
CREATE INDEX index_wiki_page_versions_on_updater_id ON wiki_page_versions (updater_id);
CREATE INDEX index_wiki_page_versions_on_updater_id_and_created_at ON wiki_page_versions (updater_id, created_at);
CREATE INDEX index_wiki_page_versions_on_wiki_page_id ON wiki_page_versions (wiki_page_id);
CREATE UNIQUE INDEX index_wiki_pages_on_title ON wiki_pages (title);
CREATE INDEX index_wiki_pages_on_updated_at ON wiki_pages (updated_at);
CREATE UNIQUE INDEX unique_schema_migrations ON schema_migrations (version);
ALTER TABLE tag_aliases ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bans ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comment_votes ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE upload_media_assets ADD FOREIGN KEY (upload_id) REFERENCES uploads(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bulk_update_requests ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_name_change_requests ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bans ADD FOREIGN KEY (banner_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bulk_update_requests ADD FOREIGN KEY (forum_post_id) REFERENCES forum_posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dmails ADD FOREIGN KEY (from_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_appeals ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_replacements ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE mod_actions ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE posts ADD FOREIGN KEY (uploader_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_topic_visits ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_posts ADD FOREIGN KEY (topic_id) REFERENCES forum_topics(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_versions ADD FOREIGN KEY (tag_id) REFERENCES tags(id);
ALTER TABLE tag_versions ADD FOREIGN KEY (previous_version_id) REFERENCES tag_versions(id);
ALTER TABLE wiki_page_versions ADD FOREIGN KEY (wiki_page_id) REFERENCES wiki_pages(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comments ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_replacements ADD FOREIGN KEY (media_asset_id) REFERENCES media_assets(id);
ALTER TABLE api_keys ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE site_credentials ADD FOREIGN KEY (creator_id) REFERENCES users(id);
ALTER TABLE tag_versions ADD FOREIGN KEY (updater_id) REFERENCES users(id);
ALTER TABLE artist_commentary_versions ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_replacements ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE users ADD FOREIGN KEY (inviter_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE posts ADD FOREIGN KEY (parent_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_disapprovals ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_appeals ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_events ADD FOREIGN KEY (user_session_id) REFERENCES user_sessions(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_post_votes ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dmails ADD FOREIGN KEY (to_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_flags ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comments ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_approvals ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE news_updates ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_replacements ADD FOREIGN KEY (old_media_asset_id) REFERENCES media_assets(id);
ALTER TABLE forum_topics ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_upgrades ADD FOREIGN KEY (recipient_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_implications ADD FOREIGN KEY (approver_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comments ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_posts ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_post_votes ADD FOREIGN KEY (forum_post_id) REFERENCES forum_posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE artist_commentaries ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE note_versions ADD FOREIGN KEY (note_id) REFERENCES notes(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE saved_searches ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_flags ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_events ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE note_versions ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE moderation_reports ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ip_bans ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_approvals ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE upgrade_codes ADD FOREIGN KEY (redeemer_id) REFERENCES users(id);
ALTER TABLE favorite_groups ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE upgrade_codes ADD FOREIGN KEY (user_upgrade_id) REFERENCES user_upgrades(id);
ALTER TABLE user_feedback ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bulk_update_requests ADD FOREIGN KEY (approver_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_events ADD FOREIGN KEY (login_session_id) REFERENCES login_sessions(login_id);
ALTER TABLE login_sessions ADD FOREIGN KEY (user_id) REFERENCES users(id);
ALTER TABLE tag_aliases ADD FOREIGN KEY (forum_topic_id) REFERENCES forum_topics(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE media_metadata ADD FOREIGN KEY (media_asset_id) REFERENCES media_assets(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comment_votes ADD FOREIGN KEY (comment_id) REFERENCES comments(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_topics ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE notes ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_implications ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bulk_update_requests ADD FOREIGN KEY (forum_topic_id) REFERENCES forum_topics(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE artist_commentary_versions ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_topic_visits ADD FOREIGN KEY (forum_topic_id) REFERENCES forum_topics(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_feedback ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE artist_versions ADD FOREIGN KEY (artist_id) REFERENCES artists(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_votes ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_implications ADD FOREIGN KEY (forum_post_id) REFERENCES forum_posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE news_updates ADD FOREIGN KEY (creator_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE dmails ADD FOREIGN KEY (owner_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE wiki_page_versions ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_aliases ADD FOREIGN KEY (approver_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE favorites ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE uploads ADD FOREIGN KEY (uploader_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE upgrade_codes ADD FOREIGN KEY (creator_id) REFERENCES users(id);
ALTER TABLE upload_media_assets ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_implications ADD FOREIGN KEY (forum_topic_id) REFERENCES forum_topics(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE favorites ADD FOREIGN KEY (post_id) REFERENCES posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE email_addresses ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE note_versions ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE artist_urls ADD FOREIGN KEY (artist_id) REFERENCES artists(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tag_aliases ADD FOREIGN KEY (forum_post_id) REFERENCES forum_posts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_disapprovals ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE forum_posts ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE posts ADD FOREIGN KEY (approver_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE artist_versions ADD FOREIGN KEY (updater_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE post_votes ADD FOREIGN KEY (user_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE upload_media_assets ADD FOREIGN KEY (media_asset_id) REFERENCES media_assets(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE user_upgrades ADD FOREIGN KEY (purchaser_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED;
