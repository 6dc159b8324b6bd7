-- ThingsBoard's tables, keys and indexes: github.com/thingsboard/thingsboard, dao/src/main/resources/sql at
-- dfe65d5abc3aa959aaa853952d74943fbd6867bd. Copyright (c) 2016-2026 The Thingsboard Authors. Apache-2.0.
-- Changed: without functions and most defaults, with one partition for each table that has partitions.
CREATE TABLE tb_schema_settings (
  schema_version bigint NOT NULL, product varchar(2) NOT NULL,
  CONSTRAINT tb_schema_settings_pkey PRIMARY KEY (schema_version)
);
CREATE TABLE admin_settings (
  id uuid NOT NULL PRIMARY KEY, tenant_id uuid NOT NULL, created_time bigint NOT NULL, json_value varchar,
  key varchar(255)
);
CREATE TABLE alarm (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, ack_ts bigint, clear_ts bigint,
  additional_info varchar, end_ts bigint, originator_id uuid, originator_type integer, propagate boolean,
  severity varchar(255), start_ts bigint, assign_ts bigint, assignee_id uuid, tenant_id uuid,
  customer_id uuid, propagate_relation_types varchar, type varchar(255), propagate_to_owner boolean,
  propagate_to_tenant boolean, acknowledged boolean, cleared boolean
);
CREATE TABLE alarm_comment (
  id uuid NOT NULL, created_time bigint NOT NULL, alarm_id uuid NOT NULL, user_id uuid,
  type varchar(255) NOT NULL, comment varchar(10000),
  CONSTRAINT fk_alarm_comment_alarm_id FOREIGN KEY (alarm_id) REFERENCES alarm(id) ON DELETE CASCADE
) PARTITION BY RANGE (created_time);
CREATE TABLE entity_alarm (
  tenant_id uuid NOT NULL, entity_type varchar(32), entity_id uuid NOT NULL, created_time bigint NOT NULL,
  alarm_type varchar(255) NOT NULL, customer_id uuid, alarm_id uuid,
  CONSTRAINT entity_alarm_pkey PRIMARY KEY (entity_id, alarm_id),
  CONSTRAINT fk_entity_alarm_id FOREIGN KEY (alarm_id) REFERENCES alarm(id) ON DELETE CASCADE
);
CREATE TABLE audit_log (
  id uuid NOT NULL, created_time bigint NOT NULL, tenant_id uuid, customer_id uuid, entity_id uuid,
  entity_type varchar(255), entity_name varchar(255), user_id uuid, user_name varchar(255),
  action_type varchar(255), action_data varchar(1000000), action_status varchar(255),
  action_failure_details varchar(1000000)
) PARTITION BY RANGE (created_time);
CREATE TABLE attribute_kv (
  entity_id uuid, attribute_type int, attribute_key int, bool_v boolean, str_v varchar(10000000),
  long_v bigint, dbl_v double precision, json_v json, last_update_ts bigint, version bigint default 0,
  CONSTRAINT attribute_kv_pkey PRIMARY KEY (entity_id, attribute_type, attribute_key)
);
CREATE TABLE component_descriptor (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, actions varchar(255), clazz varchar UNIQUE,
  configuration_descriptor varchar, configuration_version int, name varchar(255), scope varchar(255),
  type varchar(255), clustering_mode varchar(255), has_queue_name boolean
);
CREATE TABLE customer (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar, address varchar,
  address2 varchar, city varchar(255), country varchar(255), email varchar(255), phone varchar(255),
  state varchar(255), tenant_id uuid, title varchar(255), zip varchar(255), external_id uuid,
  is_public boolean, version BIGINT, CONSTRAINT customer_title_unq_key UNIQUE (tenant_id, title),
  CONSTRAINT customer_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE dashboard (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, configuration varchar,
  assigned_customers varchar(1000000), tenant_id uuid, title varchar(255), mobile_hide boolean,
  mobile_order int, image varchar(1000000), external_id uuid, version BIGINT,
  CONSTRAINT dashboard_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE rule_chain (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar,
  configuration varchar(10000000), notes varchar(1000000), name varchar(255), type varchar(255),
  first_rule_node_id uuid, root boolean, debug_mode boolean, tenant_id uuid, external_id uuid, version BIGINT,
  CONSTRAINT rule_chain_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE rule_node (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, rule_chain_id uuid, additional_info varchar,
  configuration_version int, configuration varchar(10000000), type varchar(255), name varchar(255),
  debug_settings varchar(1024), singleton_mode boolean, queue_name varchar(255), external_id uuid
);
CREATE TABLE rule_node_state (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, rule_node_id uuid NOT NULL,
  entity_type varchar(32) NOT NULL, entity_id uuid NOT NULL, state_data varchar(16384) NOT NULL,
  CONSTRAINT rule_node_state_unq_key UNIQUE (rule_node_id, entity_id),
  CONSTRAINT fk_rule_node_state_node_id FOREIGN KEY (rule_node_id) REFERENCES rule_node(id) ON DELETE CASCADE
);
CREATE TABLE ota_package (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL, device_profile_id uuid,
  type varchar(32) NOT NULL, title varchar(255) NOT NULL, version varchar(255) NOT NULL, tag varchar(255),
  url varchar(255), file_name varchar(255), content_type varchar(255), checksum_algorithm varchar(32),
  checksum varchar(1020), data oid, data_size bigint, additional_info varchar, external_id uuid,
  CONSTRAINT ota_package_tenant_title_version_unq_key UNIQUE (tenant_id, title, version),
  CONSTRAINT ota_package_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE queue (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid, name varchar(255),
  topic varchar(255), poll_interval int, partitions int, consumer_per_partition boolean,
  pack_processing_timeout bigint, submit_strategy varchar(255), processing_strategy varchar(255),
  additional_info varchar
);
CREATE TABLE asset_profile (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, name varchar(255), image varchar(1000000),
  description varchar, is_default boolean, tenant_id uuid, default_rule_chain_id uuid,
  default_dashboard_id uuid, default_queue_name varchar(255), default_edge_rule_chain_id uuid,
  external_id uuid, version BIGINT, CONSTRAINT asset_profile_name_unq_key UNIQUE (tenant_id, name),
  CONSTRAINT asset_profile_external_id_unq_key UNIQUE (tenant_id, external_id),
  CONSTRAINT fk_default_rule_chain_asset_profile FOREIGN KEY (default_rule_chain_id) REFERENCES rule_chain(id),
  CONSTRAINT fk_default_dashboard_asset_profile FOREIGN KEY (default_dashboard_id) REFERENCES dashboard(id),
  CONSTRAINT fk_default_edge_rule_chain_asset_profile FOREIGN KEY (default_edge_rule_chain_id) REFERENCES rule_chain(id)
);
CREATE TABLE asset (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar, customer_id uuid,
  asset_profile_id uuid NOT NULL, name varchar(255), label varchar(255), tenant_id uuid, type varchar(255),
  external_id uuid, version BIGINT, CONSTRAINT asset_name_unq_key UNIQUE (tenant_id, name),
  CONSTRAINT asset_external_id_unq_key UNIQUE (tenant_id, external_id),
  CONSTRAINT fk_asset_profile FOREIGN KEY (asset_profile_id) REFERENCES asset_profile(id)
);
CREATE TABLE device_profile (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, name varchar(255), type varchar(255),
  image varchar(1000000), transport_type varchar(255), provision_type varchar(255), profile_data jsonb,
  description varchar, is_default boolean, tenant_id uuid, firmware_id uuid, software_id uuid,
  default_rule_chain_id uuid, default_dashboard_id uuid, default_queue_name varchar(255),
  provision_device_key varchar, default_edge_rule_chain_id uuid, external_id uuid, version BIGINT,
  CONSTRAINT device_profile_name_unq_key UNIQUE (tenant_id, name),
  CONSTRAINT device_provision_key_unq_key UNIQUE (provision_device_key),
  CONSTRAINT device_profile_external_id_unq_key UNIQUE (tenant_id, external_id),
  CONSTRAINT fk_default_rule_chain_device_profile FOREIGN KEY (default_rule_chain_id) REFERENCES rule_chain(id),
  CONSTRAINT fk_default_dashboard_device_profile FOREIGN KEY (default_dashboard_id) REFERENCES dashboard(id),
  CONSTRAINT fk_firmware_device_profile FOREIGN KEY (firmware_id) REFERENCES ota_package(id),
  CONSTRAINT fk_software_device_profile FOREIGN KEY (software_id) REFERENCES ota_package(id),
  CONSTRAINT fk_default_edge_rule_chain_device_profile FOREIGN KEY (default_edge_rule_chain_id) REFERENCES rule_chain(id)
);
CREATE TABLE device (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar, customer_id uuid,
  device_profile_id uuid NOT NULL, device_data jsonb, type varchar(255), name varchar(255),
  label varchar(255), tenant_id uuid, firmware_id uuid, software_id uuid, external_id uuid, version BIGINT,
  CONSTRAINT device_name_unq_key UNIQUE (tenant_id, name),
  CONSTRAINT device_external_id_unq_key UNIQUE (tenant_id, external_id),
  CONSTRAINT fk_device_profile FOREIGN KEY (device_profile_id) REFERENCES device_profile(id),
  CONSTRAINT fk_firmware_device FOREIGN KEY (firmware_id) REFERENCES ota_package(id),
  CONSTRAINT fk_software_device FOREIGN KEY (software_id) REFERENCES ota_package(id)
);
CREATE TABLE device_credentials (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, credentials_id varchar,
  credentials_type varchar(255), credentials_value varchar, device_id uuid, version BIGINT,
  CONSTRAINT device_credentials_id_unq_key UNIQUE (credentials_id),
  CONSTRAINT device_credentials_device_id_unq_key UNIQUE (device_id)
);
CREATE TABLE rule_node_debug_event (
  id uuid NOT NULL, tenant_id uuid NOT NULL, ts bigint NOT NULL, entity_id uuid NOT NULL, service_id varchar,
  e_type varchar, e_entity_id uuid, e_entity_type varchar, e_msg_id uuid, e_msg_type varchar,
  e_data_type varchar, e_relation_type varchar, e_data varchar, e_metadata varchar, e_error varchar
) PARTITION BY RANGE (ts);
CREATE TABLE rule_chain_debug_event (
  id uuid NOT NULL, tenant_id uuid NOT NULL, ts bigint NOT NULL, entity_id uuid NOT NULL,
  service_id varchar NOT NULL, e_message varchar, e_error varchar
) PARTITION BY RANGE (ts);
CREATE TABLE stats_event (
  id uuid NOT NULL, tenant_id uuid NOT NULL, ts bigint NOT NULL, entity_id uuid NOT NULL,
  service_id varchar NOT NULL, e_messages_processed bigint NOT NULL, e_errors_occurred bigint NOT NULL
) PARTITION BY RANGE (ts);
CREATE TABLE lc_event (
  id uuid NOT NULL, tenant_id uuid NOT NULL, ts bigint NOT NULL, entity_id uuid NOT NULL,
  service_id varchar NOT NULL, e_type varchar NOT NULL, e_success boolean NOT NULL, e_error varchar
) PARTITION BY RANGE (ts);
CREATE TABLE error_event (
  id uuid NOT NULL, tenant_id uuid NOT NULL, ts bigint NOT NULL, entity_id uuid NOT NULL,
  service_id varchar NOT NULL, e_method varchar NOT NULL, e_error varchar
) PARTITION BY RANGE (ts);
CREATE TABLE relation (
  from_id uuid, from_type varchar(255), to_id uuid, to_type varchar(255), relation_type_group varchar(255),
  relation_type varchar(255), additional_info varchar, version bigint default 0,
  CONSTRAINT relation_pkey PRIMARY KEY (from_id, from_type, relation_type_group, relation_type, to_id, to_type)
);
CREATE TABLE tb_user (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar, authority varchar(255),
  customer_id uuid, email varchar(255) UNIQUE, first_name varchar(255), last_name varchar(255),
  phone varchar(255), tenant_id uuid, version BIGINT
);
CREATE TABLE tenant_profile (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, name varchar(255), profile_data jsonb,
  description varchar, is_default boolean, isolated_tb_core boolean, isolated_tb_rule_engine boolean,
  CONSTRAINT tenant_profile_name_unq_key UNIQUE (name)
);
CREATE TABLE tenant (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar,
  tenant_profile_id uuid NOT NULL, address varchar, address2 varchar, city varchar(255), country varchar(255),
  email varchar(255), phone varchar(255), region varchar(255), state varchar(255), title varchar(255),
  zip varchar(255), version BIGINT,
  CONSTRAINT fk_tenant_profile FOREIGN KEY (tenant_profile_id) REFERENCES tenant_profile(id)
);
CREATE TABLE user_credentials (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, activate_token varchar(255) UNIQUE,
  activate_token_exp_time BIGINT, enabled boolean, password varchar(255), reset_token varchar(255) UNIQUE,
  reset_token_exp_time BIGINT, user_id uuid UNIQUE, additional_info varchar, last_login_ts BIGINT,
  failed_login_attempts INT
);
CREATE TABLE widget_type (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, fqn varchar(512), descriptor varchar(1000000),
  name varchar(255), tenant_id uuid, image varchar(1000000), scada boolean NOT NULL,
  deprecated boolean NOT NULL, description varchar(1024), tags text[], external_id uuid, version BIGINT,
  CONSTRAINT uq_widget_type_fqn UNIQUE (tenant_id, fqn),
  CONSTRAINT widget_type_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE widgets_bundle (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, alias varchar(255), tenant_id uuid,
  title varchar(255), image varchar(1000000), scada boolean NOT NULL, description varchar(1024),
  widgets_bundle_order int, external_id uuid, version BIGINT,
  CONSTRAINT uq_widgets_bundle_alias UNIQUE (tenant_id, alias),
  CONSTRAINT widgets_bundle_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE widgets_bundle_widget (
  widgets_bundle_id uuid NOT NULL, widget_type_id uuid NOT NULL, widget_type_order int NOT NULL,
  CONSTRAINT widgets_bundle_widget_pkey PRIMARY KEY (widgets_bundle_id, widget_type_id),
  CONSTRAINT fk_widgets_bundle FOREIGN KEY (widgets_bundle_id) REFERENCES widgets_bundle(id) ON DELETE CASCADE,
  CONSTRAINT fk_widget_type FOREIGN KEY (widget_type_id) REFERENCES widget_type(id) ON DELETE CASCADE
);
CREATE TABLE entity_view (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, entity_id uuid, entity_type varchar(255),
  tenant_id uuid, customer_id uuid, type varchar(255), name varchar(255), keys varchar(10000000),
  start_ts bigint, end_ts bigint, additional_info varchar, external_id uuid, version BIGINT,
  CONSTRAINT entity_view_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE ts_kv_latest (
  entity_id uuid NOT NULL, key int NOT NULL, ts bigint NOT NULL, bool_v boolean, str_v varchar(10000000),
  long_v bigint, dbl_v double precision, json_v json, version bigint default 0,
  CONSTRAINT ts_kv_latest_pkey PRIMARY KEY (entity_id, key)
);
CREATE TABLE key_dictionary (
  key varchar(255) NOT NULL, key_id serial UNIQUE, CONSTRAINT key_dictionary_id_pkey PRIMARY KEY (key)
);
CREATE TABLE oauth2_client (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  title varchar(100) NOT NULL, additional_info varchar, client_id varchar(255), client_secret varchar(2048),
  authorization_uri varchar(255), token_uri varchar(255), scope varchar(255), platforms varchar(255),
  user_info_uri varchar(255), user_name_attribute_name varchar(255), jwk_set_uri varchar(255),
  client_authentication_method varchar(255), login_button_label varchar(255), login_button_icon varchar(255),
  allow_user_creation boolean, activate_user boolean, type varchar(31), basic_email_attribute_key varchar(31),
  basic_first_name_attribute_key varchar(31), basic_last_name_attribute_key varchar(31),
  basic_tenant_name_strategy varchar(31), basic_tenant_name_pattern varchar(255),
  basic_customer_name_pattern varchar(255), basic_default_dashboard_name varchar(255),
  basic_always_full_screen boolean, custom_url varchar(255), custom_username varchar(255),
  custom_password varchar(255), custom_send_token boolean
);
CREATE TABLE domain (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  name varchar(255) UNIQUE, oauth2_enabled boolean, edge_enabled boolean
);
CREATE TABLE mobile_app (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid, pkg_name varchar(255),
  title varchar(255), app_secret varchar(2048), platform_type varchar(32), status varchar(32),
  version_info varchar(100000), store_info varchar(16384),
  CONSTRAINT mobile_app_pkg_name_platform_unq_key UNIQUE (pkg_name, platform_type)
);
CREATE TABLE mobile_app_bundle (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid, title varchar(255),
  description varchar(1024), android_app_id uuid UNIQUE, ios_app_id uuid UNIQUE, layout_config varchar(16384),
  oauth2_enabled boolean,
  CONSTRAINT fk_android_app_id FOREIGN KEY (android_app_id) REFERENCES mobile_app(id) ON DELETE SET NULL,
  CONSTRAINT fk_ios_app_id FOREIGN KEY (ios_app_id) REFERENCES mobile_app(id) ON DELETE SET NULL
);
CREATE TABLE domain_oauth2_client (
  domain_id uuid NOT NULL, oauth2_client_id uuid NOT NULL,
  CONSTRAINT fk_domain FOREIGN KEY (domain_id) REFERENCES domain(id) ON DELETE CASCADE,
  CONSTRAINT fk_oauth2_client FOREIGN KEY (oauth2_client_id) REFERENCES oauth2_client(id) ON DELETE CASCADE
);
CREATE TABLE mobile_app_bundle_oauth2_client (
  mobile_app_bundle_id uuid NOT NULL, oauth2_client_id uuid NOT NULL,
  CONSTRAINT fk_domain FOREIGN KEY (mobile_app_bundle_id) REFERENCES mobile_app_bundle(id) ON DELETE CASCADE,
  CONSTRAINT fk_oauth2_client FOREIGN KEY (oauth2_client_id) REFERENCES oauth2_client(id) ON DELETE CASCADE
);
CREATE TABLE oauth2_client_registration_template (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar,
  provider_id varchar(255), authorization_uri varchar(255), token_uri varchar(255), scope varchar(255),
  user_info_uri varchar(255), user_name_attribute_name varchar(255), jwk_set_uri varchar(255),
  client_authentication_method varchar(255), type varchar(31), basic_email_attribute_key varchar(31),
  basic_first_name_attribute_key varchar(31), basic_last_name_attribute_key varchar(31),
  basic_tenant_name_strategy varchar(31), basic_tenant_name_pattern varchar(255),
  basic_customer_name_pattern varchar(255), basic_default_dashboard_name varchar(255),
  basic_always_full_screen boolean, comment varchar, login_button_icon varchar(255),
  login_button_label varchar(255), help_link varchar(255),
  CONSTRAINT oauth2_template_provider_id_unq_key UNIQUE (provider_id)
);
CREATE TABLE api_usage_state (
  id uuid NOT NULL CONSTRAINT usage_record_pkey PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid,
  entity_type varchar(32), entity_id uuid, transport varchar(32), db_storage varchar(32), re_exec varchar(32),
  js_exec varchar(32), tbel_exec varchar(32), email_exec varchar(32), sms_exec varchar(32),
  alarm_exec varchar(32), version BIGINT, CONSTRAINT api_usage_state_unq_key UNIQUE (tenant_id, entity_id)
);
CREATE TABLE api_key (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid, user_id uuid,
  value varchar(512), enabled boolean NOT NULL, expiration_time bigint, description varchar(255),
  CONSTRAINT api_key_value_unq_key UNIQUE (value)
);
CREATE TABLE resource (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  title varchar(255) NOT NULL, resource_type varchar(32) NOT NULL, resource_sub_type varchar(32),
  resource_key varchar(255) NOT NULL, search_text varchar(255), file_name varchar(255) NOT NULL, data bytea,
  etag varchar, descriptor varchar, preview bytea, is_public boolean default true,
  public_resource_key varchar(32) unique, external_id uuid,
  CONSTRAINT resource_unq_key UNIQUE (tenant_id, resource_type, resource_key)
);
CREATE TABLE edge (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, additional_info varchar, customer_id uuid,
  root_rule_chain_id uuid, type varchar(255), name varchar(255), label varchar(255), routing_key varchar(255),
  secret varchar(255), tenant_id uuid, version BIGINT, CONSTRAINT edge_name_unq_key UNIQUE (tenant_id, name),
  CONSTRAINT edge_routing_key_unq_key UNIQUE (routing_key)
);
CREATE TABLE edge_event (
  seq_id INT GENERATED ALWAYS AS IDENTITY, id uuid NOT NULL, created_time bigint NOT NULL, edge_id uuid,
  edge_event_type varchar(255), edge_event_uid varchar(255), entity_id uuid, edge_event_action varchar(255),
  body varchar(10000000), tenant_id uuid, ts bigint NOT NULL
) PARTITION BY RANGE(created_time);
CREATE TABLE rpc (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  device_id uuid NOT NULL, expiration_time bigint NOT NULL, request varchar(10000000) NOT NULL,
  response varchar(10000000), additional_info varchar(10000000), status varchar(255) NOT NULL
);
CREATE TABLE user_auth_settings (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL,
  user_id uuid UNIQUE NOT NULL CONSTRAINT fk_user_auth_settings_user_id REFERENCES tb_user(id),
  two_fa_settings varchar
);
CREATE TABLE notification_target (
  id UUID NOT NULL PRIMARY KEY, created_time BIGINT NOT NULL, tenant_id UUID NOT NULL,
  name VARCHAR(255) NOT NULL, configuration VARCHAR(10000) NOT NULL, external_id UUID,
  CONSTRAINT uq_notification_target_name UNIQUE (tenant_id, name),
  CONSTRAINT uq_notification_target_external_id UNIQUE (tenant_id, external_id)
);
CREATE TABLE notification_template (
  id UUID NOT NULL PRIMARY KEY, created_time BIGINT NOT NULL, tenant_id UUID NOT NULL,
  name VARCHAR(255) NOT NULL, notification_type VARCHAR(50) NOT NULL,
  configuration VARCHAR(10000000) NOT NULL, external_id UUID,
  CONSTRAINT uq_notification_template_name UNIQUE (tenant_id, name),
  CONSTRAINT uq_notification_template_external_id UNIQUE (tenant_id, external_id)
);
CREATE TABLE notification_rule (
  id UUID NOT NULL PRIMARY KEY, created_time BIGINT NOT NULL, tenant_id UUID NOT NULL,
  name VARCHAR(255) NOT NULL, enabled BOOLEAN NOT NULL,
  template_id UUID NOT NULL CONSTRAINT fk_notification_rule_template_id REFERENCES notification_template(id),
  trigger_type VARCHAR(50) NOT NULL, trigger_config VARCHAR(1000) NOT NULL,
  recipients_config VARCHAR(10000) NOT NULL, additional_config VARCHAR(255), external_id UUID,
  CONSTRAINT uq_notification_rule_name UNIQUE (tenant_id, name),
  CONSTRAINT uq_notification_rule_external_id UNIQUE (tenant_id, external_id)
);
CREATE TABLE notification_request (
  id UUID NOT NULL PRIMARY KEY, created_time BIGINT NOT NULL, tenant_id UUID NOT NULL,
  targets VARCHAR(10000) NOT NULL, template_id UUID, template VARCHAR(10000000), info VARCHAR(1000000),
  additional_config VARCHAR(1000), originator_entity_id UUID, originator_entity_type VARCHAR(32),
  rule_id UUID NULL, status VARCHAR(32), stats VARCHAR(10000)
);
CREATE TABLE notification (
  id UUID NOT NULL, created_time BIGINT NOT NULL, request_id UUID, recipient_id UUID NOT NULL,
  type VARCHAR(50) NOT NULL, delivery_method VARCHAR(50) NOT NULL, subject VARCHAR(255),
  body VARCHAR(1000) NOT NULL, additional_config VARCHAR(1000), status VARCHAR(32)
) PARTITION BY RANGE (created_time);
CREATE TABLE user_settings (
  user_id uuid NOT NULL, type VARCHAR(50) NOT NULL, settings jsonb,
  CONSTRAINT fk_user_id FOREIGN KEY (user_id) REFERENCES tb_user(id) ON DELETE CASCADE,
  CONSTRAINT user_settings_pkey PRIMARY KEY (user_id, type)
);
CREATE TABLE alarm_types (
  tenant_id uuid NOT NULL, type varchar(255) NOT NULL,
  CONSTRAINT tenant_id_type_unq_key UNIQUE (tenant_id, type),
  CONSTRAINT fk_entity_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
CREATE TABLE queue_stats (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  queue_name varchar(255) NOT NULL, service_id varchar(255) NOT NULL,
  CONSTRAINT queue_stats_name_unq_key UNIQUE (tenant_id, queue_name, service_id)
);
CREATE TABLE qr_code_settings (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  use_default_app boolean, android_enabled boolean, ios_enabled boolean, mobile_app_bundle_id uuid,
  qr_code_config VARCHAR(100000), CONSTRAINT qr_code_settings_tenant_id_unq_key UNIQUE (tenant_id)
);
CREATE TABLE calculated_field (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL,
  entity_type VARCHAR(32), entity_id uuid NOT NULL, type varchar(32) NOT NULL, name varchar(255) NOT NULL,
  configuration_version int, configuration varchar(1000000), version BIGINT, debug_settings varchar(1024),
  additional_info varchar, CONSTRAINT calculated_field_unq_key UNIQUE (entity_id, type, name)
);
CREATE TABLE cf_debug_event (
  id uuid NOT NULL, tenant_id uuid NOT NULL, ts bigint NOT NULL, entity_id uuid NOT NULL, service_id varchar,
  cf_id uuid NOT NULL, e_entity_id uuid, e_entity_type varchar, e_msg_id uuid, e_msg_type varchar,
  e_args varchar, e_result varchar, e_error varchar
) PARTITION BY RANGE (ts);
CREATE TABLE job (
  id uuid NOT NULL PRIMARY KEY, created_time bigint NOT NULL, tenant_id uuid NOT NULL, type varchar NOT NULL,
  key varchar NOT NULL, entity_id uuid NOT NULL, entity_type varchar NOT NULL, status varchar NOT NULL,
  configuration varchar NOT NULL, result varchar
);
CREATE TABLE ai_model (
  id UUID NOT NULL PRIMARY KEY, external_id UUID, created_time BIGINT NOT NULL, tenant_id UUID NOT NULL,
  version BIGINT NOT NULL, name VARCHAR(255) NOT NULL, configuration JSONB NOT NULL,
  CONSTRAINT ai_model_name_unq_key UNIQUE (tenant_id, name),
  CONSTRAINT ai_model_external_id_unq_key UNIQUE (tenant_id, external_id)
);
CREATE TABLE iot_hub_installed_item (
  id UUID NOT NULL PRIMARY KEY, created_time BIGINT NOT NULL, tenant_id UUID NOT NULL, item_id UUID NOT NULL,
  item_version_id UUID NOT NULL, item_name VARCHAR NOT NULL, item_type VARCHAR NOT NULL,
  version VARCHAR NOT NULL, descriptor JSONB NOT NULL
);
CREATE TABLE ts_kv (
  entity_id uuid NOT NULL, key int NOT NULL, ts bigint NOT NULL, bool_v boolean, str_v varchar(10000000),
  long_v bigint, dbl_v double precision, json_v json, CONSTRAINT ts_kv_pkey PRIMARY KEY (entity_id, key, ts)
) PARTITION BY RANGE (ts);
CREATE TABLE alarm_comment_rest PARTITION OF alarm_comment DEFAULT;
CREATE TABLE audit_log_rest PARTITION OF audit_log DEFAULT;
CREATE TABLE rule_node_debug_event_rest PARTITION OF rule_node_debug_event DEFAULT;
CREATE TABLE rule_chain_debug_event_rest PARTITION OF rule_chain_debug_event DEFAULT;
CREATE TABLE stats_event_rest PARTITION OF stats_event DEFAULT;
CREATE TABLE lc_event_rest PARTITION OF lc_event DEFAULT;
CREATE TABLE error_event_rest PARTITION OF error_event DEFAULT;
CREATE TABLE edge_event_rest PARTITION OF edge_event DEFAULT;
CREATE TABLE notification_rest PARTITION OF notification DEFAULT;
CREATE TABLE cf_debug_event_rest PARTITION OF cf_debug_event DEFAULT;
CREATE TABLE ts_kv_rest PARTITION OF ts_kv DEFAULT;
CREATE INDEX IF NOT EXISTS idx_alarm_originator_alarm_type ON alarm(originator_id, type, start_ts DESC);
CREATE INDEX IF NOT EXISTS idx_alarm_originator_created_time ON alarm(originator_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_alarm_tenant_created_time ON alarm(tenant_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_alarm_originator_alarm_type_active ON alarm (originator_id, type) WHERE cleared = false;
CREATE INDEX IF NOT EXISTS idx_alarm_tenant_alarm_type_active ON alarm (tenant_id, type) WHERE cleared = false;
CREATE INDEX IF NOT EXISTS idx_alarm_tenant_alarm_type_created_time ON alarm(tenant_id, type, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_alarm_tenant_assignee_created_time ON alarm(tenant_id, assignee_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_entity_alarm_created_time ON entity_alarm(tenant_id, entity_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_entity_alarm_entity_id_alarm_type_created_time_alarm_id ON entity_alarm (tenant_id, entity_id, alarm_type, created_time DESC) INCLUDE(alarm_id);
CREATE INDEX IF NOT EXISTS idx_entity_alarm_alarm_id ON entity_alarm(alarm_id);
CREATE INDEX IF NOT EXISTS idx_relation_to_id ON relation(relation_type_group, to_type, to_id);
CREATE INDEX IF NOT EXISTS idx_relation_from_id ON relation(relation_type_group, from_type, from_id);
CREATE INDEX IF NOT EXISTS idx_device_customer_id ON device(tenant_id, customer_id);
CREATE INDEX IF NOT EXISTS idx_device_customer_id_and_type ON device(tenant_id, customer_id, type);
CREATE INDEX IF NOT EXISTS idx_device_type ON device(tenant_id, type);
CREATE INDEX IF NOT EXISTS idx_device_device_profile_id ON device(tenant_id, device_profile_id);
CREATE INDEX IF NOT EXISTS idx_asset_customer_id ON asset(tenant_id, customer_id);
CREATE INDEX IF NOT EXISTS idx_asset_customer_id_and_type ON asset(tenant_id, customer_id, type);
CREATE INDEX IF NOT EXISTS idx_asset_type ON asset(tenant_id, type);
CREATE INDEX IF NOT EXISTS idx_asset_profile_id ON asset(tenant_id, asset_profile_id);
CREATE INDEX IF NOT EXISTS idx_attribute_kv_by_key_and_last_update_ts ON attribute_kv(entity_id, attribute_key, last_update_ts desc);
CREATE INDEX IF NOT EXISTS idx_audit_log_tenant_id_and_created_time ON audit_log(tenant_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_audit_log_id ON audit_log(id);
CREATE INDEX IF NOT EXISTS idx_edge_event_tenant_id_and_created_time ON edge_event(tenant_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_edge_event_tenant_id_edge_id_created_time ON edge_event(tenant_id, edge_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_edge_event_id ON edge_event(id);
CREATE INDEX IF NOT EXISTS idx_rpc_tenant_id_device_id ON rpc(tenant_id, device_id);
CREATE INDEX IF NOT EXISTS idx_rule_node_external_id ON rule_node(rule_chain_id, external_id);
CREATE INDEX IF NOT EXISTS idx_rule_node_type_id_configuration_version ON rule_node(type, id, configuration_version);
CREATE INDEX IF NOT EXISTS idx_api_usage_state_entity_id ON api_usage_state(entity_id);
CREATE INDEX IF NOT EXISTS idx_alarm_comment_alarm_id ON alarm_comment(alarm_id);
CREATE INDEX IF NOT EXISTS idx_notification_target_tenant_id_created_time ON notification_target(tenant_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_notification_template_tenant_id_created_time ON notification_template(tenant_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_notification_rule_tenant_id_trigger_type_created_time ON notification_rule(tenant_id, trigger_type, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_notification_request_tenant_id_user_created_time ON notification_request(tenant_id, created_time DESC) WHERE originator_entity_type = 'USER';
CREATE INDEX IF NOT EXISTS idx_notification_request_tenant_id ON notification_request(tenant_id);
CREATE INDEX IF NOT EXISTS idx_notification_request_rule_id_originator_entity_id ON notification_request(rule_id, originator_entity_id) WHERE originator_entity_type = 'ALARM';
CREATE INDEX IF NOT EXISTS idx_notification_request_status ON notification_request(status) WHERE status = 'SCHEDULED';
CREATE INDEX IF NOT EXISTS idx_notification_id ON notification(id);
CREATE INDEX IF NOT EXISTS idx_notification_notification_request_id ON notification(request_id);
CREATE INDEX IF NOT EXISTS idx_notification_delivery_method_recipient_id_created_time ON notification(delivery_method, recipient_id, created_time DESC);
CREATE INDEX IF NOT EXISTS idx_notification_delivery_method_recipient_id_unread ON notification(delivery_method, recipient_id) WHERE status <> 'READ';
CREATE INDEX IF NOT EXISTS idx_resource_etag ON resource(tenant_id, etag);
CREATE INDEX IF NOT EXISTS idx_resource_type_public_resource_key ON resource(resource_type, public_resource_key);
CREATE INDEX IF NOT EXISTS mobile_app_bundle_tenant_id ON mobile_app_bundle(tenant_id);
CREATE INDEX IF NOT EXISTS idx_job_tenant_id ON job(tenant_id);
CREATE INDEX IF NOT EXISTS idx_ai_model_tenant_id ON ai_model(tenant_id);
CREATE INDEX IF NOT EXISTS idx_api_key_user_id ON api_key(user_id);
CREATE INDEX IF NOT EXISTS idx_iot_hub_installed_item_tenant_id ON iot_hub_installed_item(tenant_id);
CREATE INDEX IF NOT EXISTS idx_iot_hub_installed_item_item_type ON iot_hub_installed_item(tenant_id, item_type);
CREATE INDEX IF NOT EXISTS idx_iot_hub_installed_item_item_id ON iot_hub_installed_item(tenant_id, item_id);
CREATE INDEX IF NOT EXISTS idx_rule_node_debug_event_main ON rule_node_debug_event (tenant_id ASC, entity_id ASC, ts DESC NULLS LAST);
CREATE INDEX IF NOT EXISTS idx_rule_chain_debug_event_main ON rule_chain_debug_event (tenant_id ASC, entity_id ASC, ts DESC NULLS LAST);
CREATE INDEX IF NOT EXISTS idx_stats_event_main ON stats_event (tenant_id ASC, entity_id ASC, ts DESC NULLS LAST);
CREATE INDEX IF NOT EXISTS idx_lc_event_main ON lc_event (tenant_id ASC, entity_id ASC, ts DESC NULLS LAST);
CREATE INDEX IF NOT EXISTS idx_error_event_main ON error_event (tenant_id ASC, entity_id ASC, ts DESC NULLS LAST);
CREATE INDEX IF NOT EXISTS idx_cf_debug_event_main ON cf_debug_event (tenant_id ASC, entity_id ASC, ts DESC NULLS LAST);
