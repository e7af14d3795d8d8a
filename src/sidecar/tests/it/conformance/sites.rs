//! Sites and their secrets.

use platen_core::secret::Secret;
use platen_sidecar::sites::{SecretChange, secret_id, webhook_secret};

use super::Fixture;
use super::fixture::{at, site};

pub(crate) async fn several_webhook_secrets_are_in_force_at_the_same_time(fixture: Fixture) {
    let store = &fixture.store;
    let add = async |secret: Secret<String>, now: i64| {
        store.add_webhook_secret(site("one"), secret, at(now)).await.unwrap()
    };
    let count = async || store.find_site(site("one")).await.unwrap().unwrap().webhook_secrets.len();
    let first = store.webhook_secrets(site("one")).await.unwrap().remove(0).id;
    let retire = async |id: &str| store.retire_webhook_secret(site("one"), id.to_owned()).await.unwrap();

    assert_eq!(retire(&first).await, SecretChange::Last, "there is always one to sign with");
    for number in 1..4 {
        assert_eq!(add(webhook_secret([10 + number; 32]), i64::from(number)).await, SecretChange::Done);
    }
    assert_eq!(add(webhook_secret([99; 32]), 9).await, SecretChange::TooMany);
    assert_eq!(count().await, 4);
    let listed = store.webhook_secrets(site("one")).await.unwrap();
    assert_eq!((&listed[0].id, listed[3].created_at), (&first, at(3)), "the oldest first");
    assert_eq!(listed[1].id, secret_id(&webhook_secret([11; 32])));

    assert_eq!(retire("00000000").await, SecretChange::NoSecret);
    assert_eq!(retire(&first).await, SecretChange::Done);
    assert_eq!(count().await, 3);
    let none = store.add_webhook_secret(site("none"), webhook_secret([1; 32]), at(9)).await.unwrap();
    assert_eq!(none, SecretChange::NoSite);
}
