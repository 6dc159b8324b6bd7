//! Schemas as other people write them, in four styles, filled with rows and
//! without a single declared foreign key: what a draft has to find by itself.
//! Written for these tests, after the habits of well-known frameworks.

use std::fmt::Write as _;

use candor_policy::charter::SourceKind;

/// One table a line: its name, then its columns. `a>b` names rows of `b`,
/// `a?>b` may be null; others are text unless their name says otherwise.
pub(crate) const FORGE: &str = "
users: email encrypted_password username created_at:time
user_preferences: user_id>users theme
emails: user_id>users email confirmed_at:time
keys: user_id>users title key
organizations: name path
namespaces: owner_id?>users name organization_id>organizations parent_id?>namespaces
projects: namespace_id>namespaces creator_id?>users name description
members: user_id>users project_id>projects access_level:int invite_email created_by_id?>users
labels: project_id>projects title color
milestones: project_id>projects title due_date:time
issues: project_id>projects author_id>users milestone_id?>milestones title description closed_by_id?>users duplicated_to_id?>issues
issue_assignees: issue_id>issues user_id>users
label_links: label_id>labels issue_id>issues
merge_requests: source_project_id>projects target_project_id>projects author_id>users merge_user_id?>users title latest_diff_id?>merge_request_diffs
merge_request_diffs: merge_request_id>merge_requests state
approvals: merge_request_id>merge_requests user_id>users
notes: project_id>projects author_id>users note resolved_by_id?>users
snippets: author_id>users project_id?>projects content
todos: user_id>users author_id>users note_id?>notes state
releases: project_id>projects author_id?>users tag
release_links: release_id>releases url
protected_branches: project_id>projects name
protected_branch_push_access_levels: protected_branch_id>protected_branches user_id?>users
ci_pipelines: project_id>projects user_id?>users ref
ci_stages: pipeline_id>ci_pipelines name
ci_builds: pipeline_id>ci_pipelines stage_id?>ci_stages user_id?>users runner_id?>ci_runners name
ci_runners: token description
ci_runner_projects: runner_id>ci_runners project_id>projects
ci_job_artifacts: job_id?>ci_builds project_id>projects file
ci_triggers: project_id>projects owner_id>users token
deploy_keys: project_id>projects title
environments: project_id>projects name
deployments: environment_id>environments project_id>projects user_id>users sha
web_hooks: project_id?>projects url
web_hook_logs: web_hook_id>web_hooks response
personal_access_tokens: user_id>users name token_digest
impersonation_logs: impersonator_id>users user_id>users
reviews: author_id>users merge_request_id>merge_requests
design_designs: project_id>projects issue_id>issues filename
design_versions: issue_id>issues author_id?>users sha
timelogs: user_id>users issue_id?>issues merge_request_id?>merge_requests spent:int
audit_events: author_id>users entity_path
";

/// Prefixes for applications, and people under another prefix.
pub(crate) const SITE: &str = "
auth_user: username email password first_name last_name last_login:time
auth_group: name
auth_user_groups: user_id>auth_user group_id>auth_group
django_admin_log: user_id>auth_user object_repr
account_emailaddress: user_id>auth_user email
authtoken_token: key user_id>auth_user
blog_category: name parent_id?>blog_category
blog_post: author_id>auth_user category_id>blog_category title body
blog_comment: post_id>blog_post user_id?>auth_user text
blog_post_tags: post_id>blog_post tag_id>blog_tag
blog_tag: slug
shop_product: name price:int
shop_cart: owner_id>auth_user created:time
shop_cartitem: cart_id>shop_cart product_id>shop_product quantity:int
shop_order: customer_id>auth_user billing_address_id?>shop_address shipping_address_id?>shop_address
shop_address: user_id>auth_user street city
shop_orderline: order_id>shop_order product_id>shop_product
shop_payment: order_id>shop_order reference
shop_refund: payment_id>shop_payment approved_by_id?>auth_user
forum_thread: started_by_id>auth_user title
forum_message: thread_id>forum_thread sender_id>auth_user reply_to_id?>forum_message body
forum_subscription: thread_id>forum_thread user_id>auth_user
survey_survey: title
survey_question: survey_id>survey_survey text
survey_response: question_id>survey_question respondent_id>auth_user answer
";

/// Technical users and partners; keys without `_id` in places.
pub(crate) const OFFICE: &str = "
res_partner: name email phone parent_id?>res_partner create_uid?>res_users write_uid?>res_users
res_users: login password partner_id>res_partner company_id>res_company
res_company: name partner_id?>res_partner
res_country: name code
sale_order: partner_id>res_partner user_id?>res_users company_id>res_company partner_invoice_id?>res_partner name
sale_order_line: order_id>sale_order product_id>product_product name
product_product: name
account_move: partner_id?>res_partner journal_id>account_journal company_id>res_company
account_move_line: move_id>account_move account_id>account_account partner_id?>res_partner
account_journal: name
account_account: name
account_payment: partner_id>res_partner move_id?>account_move
hr_department: name manager_id?>hr_employee
hr_employee: name work_email user_id?>res_users department_id?>hr_department parent_id?>hr_employee
hr_leave: employee_id>hr_employee reason
hr_contract: employee_id>hr_employee wage:int
crm_lead: partner_id?>res_partner user_id?>res_users email_from phone
crm_team: name
mail_message: author_id?>res_partner body
mail_followers: partner_id>res_partner
project_task: project_id>project_project user_id?>res_users name
project_project: partner_id?>res_partner name
stock_picking: partner_id?>res_partner sale_id?>sale_order name
stock_move: picking_id?>stock_picking product_id>product_product
";

/// Names in one word after another, keys in capital letters' style.
pub(crate) const STORE: &str = "
Customers: firstName lastName emailAddress passwordHash
CustomerAddresses: customerId>Customers street postalCode
Employees: name email reportsToId?>Employees
Orders: customerId>Customers employeeId?>Employees placedAt:time
OrderLines: orderId>Orders productId>Products
Products: title supplierId>Suppliers categoryId?>Categories
Suppliers: companyName contactEmail
Categories: title parentCategoryId?>Categories
Reviews: productId>Products customerId>Customers body
Wishlists: ownerId>Customers
WishlistItems: wishlistId>Wishlists productId>Products
Shipments: orderId>Orders trackingNumber
Returns: orderLineId>OrderLines handledById?>Employees reason
GiftCards: purchaserId?>Customers recipientEmail
LoyaltyAccounts: customerId>Customers points:int
LoyaltyEvents: loyaltyAccountId>LoyaltyAccounts orderId?>Orders
";

/// An edge of one of these schemas: table, column, table.
pub(crate) type Truth = (String, String, String);

/// Statements that make and fill a schema, and every edge that is true of it.
pub(crate) fn schema(text: &str, kind: SourceKind, filled: bool) -> (String, Vec<Truth>) {
    let (number, moment) = match kind {
        SourceKind::Mysql => ("bigint", "datetime"),
        SourceKind::Postgres => ("bigint", "timestamptz"),
        SourceKind::Sqlite => ("INTEGER", "TIMESTAMP"),
    };
    let mut sql = String::new();
    let mut truth = Vec::new();
    let lines: Vec<(&str, &str)> = text
        .trim()
        .lines()
        .map(|line| line.split_once(": ").unwrap())
        .collect();
    let rows = |name: &str| 20 + name.len() as u64 * 7;
    for (name, columns) in &lines {
        let mut defined = vec![format!("id {number} PRIMARY KEY")];
        let mut values = vec!["n".to_owned()];
        for (place, column) in columns.split(' ').enumerate() {
            let step = 7 + 2 * place as u64;
            if let Some((own, target)) = column.split_once('>') {
                let nullable = own.ends_with('?');
                let own = own.trim_end_matches('?');
                let not_null = if nullable { "" } else { " NOT NULL" };
                defined.push(format!("\"{own}\" {number}{not_null}"));
                let value = format!("1 + (n * {step}) % {}", rows(target));
                values.push(match nullable {
                    true => format!("CASE WHEN n % 3 = 0 THEN NULL ELSE {value} END"),
                    false => value,
                });
                truth.push(((*name).to_owned(), own.to_owned(), target.to_owned()));
            } else if let Some(own) = column.strip_suffix(":int") {
                defined.push(format!("\"{own}\" {number}"));
                values.push(format!("n * {step}"));
            } else if let Some(own) = column.strip_suffix(":time") {
                defined.push(format!("\"{own}\" {moment}"));
                values.push("'2026-01-01 00:00:00'".to_owned());
            } else {
                defined.push(format!("\"{column}\" text"));
                values.push(match column.contains("mail") {
                    true => "'p' || n || '@example.org'".to_owned(),
                    false => format!("'{column} ' || n"),
                });
            }
        }
        let defined = defined.join(", ");
        writeln!(sql, "CREATE TABLE \"{name}\" ({defined});").unwrap();
        if filled {
            let values = values.join(", ");
            let last = rows(name);
            writeln!(
                sql,
                "INSERT INTO \"{name}\" WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {last}) SELECT {} FROM c;",
                values.replace("'2026-01-01 00:00:00'", match kind {
                    SourceKind::Postgres => "timestamptz '2026-01-01 00:00:00Z'",
                    SourceKind::Mysql | SourceKind::Sqlite => "'2026-01-01 00:00:00'",
                })
            )
            .unwrap();
        }
    }
    (sql, truth)
}
