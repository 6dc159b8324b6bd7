//! Tokens of each algorithm, and every way in which one is wrong.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;
const US: &str = "https://privacy.example";
const THEM: &str = "https://shop.example";

type Sign = dyn Fn(&[u8]) -> Vec<u8>;

/// A key of the company's login: its public half, and how it signs.
struct Signer {
    jwk: Value,
    alg: &'static str,
    sign: Box<Sign>,
}

fn ed25519(seed: u8) -> Signer {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    Signer {
        jwk: json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": format!("k{seed}") }),
        alg: "EdDSA",
        sign: Box::new(move |text| pair.sign(text).as_ref().to_vec()),
    }
}

fn p256() -> Signer {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    let [x, y] = [1..33, 33..65].map(|half| URL_SAFE_NO_PAD.encode(&point[half]));
    Signer {
        jwk: json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
        alg: "ES256",
        sign: Box::new(move |text| pair.sign(&random, text).unwrap().as_ref().to_vec()),
    }
}

fn rsa() -> Signer {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    Signer {
        jwk: json!({ "kty": "RSA", "n": n, "e": e }),
        alg: "RS256",
        sign: Box::new(move |text| {
            let mut signature = vec![0; pair.public_modulus_len()];
            let random = SystemRandom::new();
            pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
                .unwrap();
            signature
        }),
    }
}

impl Signer {
    fn keys(&self) -> LoginKeys {
        LoginKeys::from_jwks(THEM, &json!({ "keys": [self.jwk] }).to_string()).unwrap()
    }

    fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({ "alg": self.alg, "typ": "JWT" }), claims)
    }

    fn token_with(&self, header: &Value, claims: &Value) -> String {
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let text = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode((self.sign)(text.as_bytes()));
        format!("{text}.{signature}")
    }
}

fn claims() -> Value {
    json!({
        "iss": THEM, "aud": US, "iat": NOW, "exp": NOW + 120, "jti": "once",
        "identities": { "email": "mireille@post.example", "customer_id": "7" },
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[test]
fn every_algorithm_says_who_it_is() {
    for signer in [ed25519(1), p256(), rsa()] {
        let login = signer
            .keys()
            .verify(&signer.token(&claims()), US, NOW)
            .unwrap();
        assert_eq!((login.id.as_str(), login.forget_at), ("once", NOW + 150));
        assert_eq!(login.identities["customer_id"], "7");
        assert!(!format!("{login:?}").contains("mireille"));
        let several = signer.token(&with("aud", json!(["https://other.example", US])));
        assert!(signer.keys().verify(&several, US, NOW).is_ok());
    }
}

#[test]
fn whatever_is_wrong_is_refused_alike() {
    let signer = ed25519(1);
    let keys = signer.keys();
    let refused = |token: &str, why: &str| {
        assert_eq!(keys.verify(token, US, NOW), Err(LoginError), "{why}");
    };
    for (name, value) in [
        ("iss", json!("https://else.example")),
        ("aud", json!("https://else.example")),
        ("aud", json!([])),
        ("aud", json!(format!("{US}/"))),
        ("exp", json!(NOW - 31)),
        ("exp", json!(NOW + LOGIN_SECONDS_MAX + 1)),
        ("exp", Value::Null),
        ("iat", json!(NOW + 31)),
        ("iat", json!(i64::MIN)),
        ("nbf", json!(NOW + 31)),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("identities", json!(["mireille@post.example"])),
    ] {
        refused(
            &signer.token(&with(name, value.clone())),
            &format!("{name}: {value}"),
        );
    }
    refused(&ed25519(2).token(&claims()), "another key");
    let good = signer.token(&claims());
    let (text, signature) = good.rsplit_once('.').unwrap();
    refused(&format!("{text}."), "no signature");
    refused(
        &format!("{text}.{}", signature.replace('A', "B")),
        "another signature",
    );
    refused(&format!("{good}A"), "longer");
    let swapped = text.split_once('.').unwrap().0;
    let other = URL_SAFE_NO_PAD.encode(with("jti", json!("twice")).to_string());
    refused(&format!("{swapped}.{other}.{signature}"), "other claims");
    for text in ["", "a.b.c", "..", &"a".repeat(10_000)] {
        refused(text, "no token");
    }
}

#[test]
fn a_token_chooses_neither_key_nor_algorithm() {
    let signer = ed25519(1);
    let keys = signer.keys();
    for alg in ["none", "HS256", "ES256", "RS256", "PS256"] {
        let token = signer.token_with(&json!({ "alg": alg }), &claims());
        assert_eq!(keys.verify(&token, US, NOW), Err(LoginError), "{alg}");
    }
    let of = |kid: &str| signer.token_with(&json!({ "alg": "EdDSA", "kid": kid }), &claims());
    assert!(keys.verify(&of("k1"), US, NOW).is_ok());
    assert_eq!(keys.verify(&of("k2"), US, NOW), Err(LoginError));
    // The public key as an HMAC secret, as RFC 8725 (Section 2.1) tells.
    let secret = signer.jwk["x"].as_str().unwrap().as_bytes();
    let header = jsonwebtoken::Header::new(Algorithm::HS256);
    let secret = jsonwebtoken::EncodingKey::from_secret(secret);
    let forged = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
    assert_eq!(keys.verify(&forged, US, NOW), Err(LoginError));
}

#[test]
fn keys_of_another_kind_are_refused_at_start() {
    let read = |text: &str| LoginKeys::from_jwks(THEM, text).map(|_| ()).unwrap_err();
    assert_eq!(read("{"), LoginKeysError::Format);
    assert_eq!(read(r#"{"keys":[]}"#), LoginKeysError::Number);
    let secret = json!({ "keys": [ed25519(1).jwk, { "kty": "oct", "k": "c2VjcmV0" }] });
    assert_eq!(read(&secret.to_string()), LoginKeysError::Kind(2));
    let set = json!({ "keys": [ed25519(1).jwk] }).to_string();
    let nameless = LoginKeys::from_jwks(" ", &set).map(|_| ());
    assert_eq!(nameless, Err(LoginKeysError::Issuer));
}
