//! Ranges of addresses in the file are texts: "10.1.2.3", "10.1.0.0/16".

use serde::{Deserialize, Deserializer, Serializer};

use crate::destination::Network;

pub(super) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Network>, D::Error> {
    let texts = Vec::<String>::deserialize(source)?;
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}

pub(super) fn serialize<S: Serializer>(networks: &[Network], target: S) -> Result<S::Ok, S::Error> {
    target.collect_seq(networks.iter().map(ToString::to_string))
}
