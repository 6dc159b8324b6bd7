//! Who an identity leads to, over two sources.

use candor_connect::{Closure, closure, closures};
use candor_domain::identity::Identity;
use candor_policy::map::SourceMap;

use crate::support::{Mapping as _, World, email, kinds, map, table};

const PORTAL: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, device text);
INSERT INTO account VALUES (1, 'Mireille@Post.example', 'd-shared'), (2, 'otto@post.example', 'd-shared'),
                           (3, 'ines@post.example', 'd-ines');";
const DESK: &str = "
CREATE TABLE contact (id bigint PRIMARY KEY, email text, customer bigint);
INSERT INTO contact VALUES (10, 'mireille@post.example', 1), (11, 'mimi@home.example', 1),
                           (12, 'ines@post.example', NULL), (13, 'family@home.example', 2), (14, 'family@home.example', 3);";

fn portal() -> SourceMap {
    map([(
        "account",
        table("id:key email:contact.email device:device.id")
            .about("customer_id", "id")
            .about("email", "email")
            .about("device", "device"),
    )])
}

fn desk() -> SourceMap {
    map([(
        "contact",
        table("id:key email:contact.email customer:key")
            .about("customer_id", "customer")
            .about("email", "email"),
    )])
}

fn id(kind: &str, value: &str) -> Identity {
    Identity::new(kind, value)
}

#[tokio::test]
async fn a_customer_has_many_addresses_and_a_shared_device_leads_to_nobody() {
    for kind in kinds() {
        let (portal_world, desk_world) =
            (World::new(kind, PORTAL).await, World::new(kind, DESK).await);
        let (portal, desk) = (portal_world.source(portal()), desk_world.source(desk()));
        let found = closure(&[&portal, &desk], &email("mireille@post.example"))
            .await
            .unwrap();
        assert_eq!(
            found,
            Closure {
                identities: vec![
                    id("customer_id", "1"),
                    email("mimi@home.example"),
                    email("mireille@post.example"),
                ],
                ambiguous: vec![id("device", "d-shared")],
            },
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn a_shared_address_leads_on_only_for_whoever_proved_it() {
    for kind in kinds() {
        let (portal_world, desk_world) =
            (World::new(kind, PORTAL).await, World::new(kind, DESK).await);
        let (portal, desk) = (portal_world.source(portal()), desk_world.source(desk()));
        let sources = [&portal, &desk];
        let ines = closure(&sources, &email("ines@post.example"))
            .await
            .unwrap();
        assert_eq!(ines.ambiguous, [email("family@home.example")], "{kind:?}");
        assert_eq!(
            ines.identities,
            [
                id("customer_id", "3"),
                id("device", "d-ines"),
                email("ines@post.example")
            ]
        );
        let family = closure(&sources, &email("family@home.example"))
            .await
            .unwrap();
        assert!(family.identities.contains(&id("customer_id", "2")));
        assert!(family.identities.contains(&id("customer_id", "3")));
    }
}

#[tokio::test]
async fn people_who_are_followed_together_end_as_each_alone() {
    let proved = [
        email("mireille@post.example"),
        email("ines@post.example"),
        email("family@home.example"),
        id("device", "d-shared"),
        id("customer_id", "1"),
        email("nobody@post.example"),
        email("mireille@post.example"),
    ];
    for kind in kinds() {
        let (portal_world, desk_world) =
            (World::new(kind, PORTAL).await, World::new(kind, DESK).await);
        let (portal, desk) = (portal_world.source(portal()), desk_world.source(desk()));
        let sources = [&portal, &desk];
        let all: Vec<&Identity> = proved.iter().collect();
        let together = closures(&sources, &all).await.unwrap();
        let mut alone = Vec::new();
        for one in &proved {
            alone.push(closure(&sources, one).await.unwrap());
        }
        assert_eq!(together, alone, "{kind:?}");
    }
}

#[tokio::test]
async fn an_unknown_person_is_known_by_nothing_else() {
    for kind in kinds() {
        let world = World::new(kind, PORTAL).await;
        let source = world.source(portal());
        let nobody = email("nobody@post.example");
        let found = closure(&[&source], &nobody).await.unwrap();
        assert_eq!(found.identities, std::slice::from_ref(&nobody));
        assert!(source.preview(&[nobody]).await.unwrap().is_empty());
    }
}
