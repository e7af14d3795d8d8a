//! The address guard: which machines the daemon may be talked into calling.
//!
//! Addresses of private networks, of this machine and of its neighbours are refused unless they are allow-listed
//! (SSRF). The check stands where a connection is made, on the resolved addresses, so that neither a redirect
//! nor a name that changes its address between check and use gets around it.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

/// Decides about addresses. A clone shares the list.
#[derive(Clone, Debug, Default)]
pub struct AddressGuard {
    allowed: Arc<Vec<Network>>,
    admits_this_machine: bool,
}

/// A range of addresses, written `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

/// The text is not an address or a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an address such as 10.0.0.1 or a range such as 10.0.0.0/8 is needed")]
pub struct ParseNetworkError;

/// The address is not one that the daemon calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the address is in a private network, or is this machine's own")]
pub struct ForbiddenAddress;

impl AddressGuard {
    /// A guard that lets these through as well as all public addresses.
    pub fn new(allowed: Vec<Network>) -> Self {
        Self { allowed: Arc::new(allowed), admits_this_machine: false }
    }

    /// Lets this machine through where it is written as such: as a loopback address or as `localhost`. For
    /// addresses that an operator wrote: nobody else can make them mean another machine. A name that resolves to
    /// this machine stays forbidden.
    #[must_use]
    pub fn with_this_machine(self) -> Self {
        Self { admits_this_machine: true, ..self }
    }

    /// Whether this address may be called.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = canonical(address);
        is_public(address) || self.allowed.iter().any(|network| network.contains(address))
    }

    /// Refuses an address whose host is a forbidden number; a name is checked when it is resolved.
    ///
    /// # Errors
    /// [`ForbiddenAddress`]
    pub fn check(&self, url: &Url) -> Result<(), ForbiddenAddress> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) if self.admits(address) || self.is_own(address) => Ok(()),
            Ok(_) => Err(ForbiddenAddress),
            Err(_) => Ok(()),
        }
    }

    fn is_own(&self, address: IpAddr) -> bool {
        self.admits_this_machine && canonical(address).is_loopback()
    }
}

/// Whether a request failed because a guard refused to connect: its refusal lies some causes below.
pub fn is_forbidden(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(found) = cause {
        let is_denied = found
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        if is_denied {
            return true;
        }
        cause = found.source();
    }
    false
}

/// Resolves names to admitted addresses only.
impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let is_localhost = name.as_str() == "localhost";
            let admits = |address: IpAddr| guard.admits(address) || (is_localhost && guard.is_own(address));
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let admitted: Vec<SocketAddr> =
                found.into_iter().filter(|address| admits(address.ip())).collect();
            if admitted.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, ForbiddenAddress).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32_u32.saturating_sub(self.prefix);
                u32::from(own).checked_shr(shift) == u32::from(other).checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(self.prefix);
                u128::from(own).checked_shr(shift) == u128::from(other).checked_shr(shift)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| ParseNetworkError)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| ParseNetworkError)?,
            None => longest,
        };
        if prefix > longest { Err(ParseNetworkError) } else { Ok(Self { address, prefix }) }
    }
}

/// An IPv4 address in IPv6 form is judged as what it is, also behind the translation prefix of NAT64.
fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = six.segments() {
        let bits = (u32::from(high) << 16) | u32::from(low);
        return IpAddr::V4(Ipv4Addr::from(bits));
    }
    address.to_canonical()
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        // Shared by the customers of a carrier, protocol assignments, measurements, and reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

/// Only global unicast, without the ranges in it that tunnel to or stand for other addresses.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global = (first & 0xE000) == 0x2000;
    let is_tunnel = first == 0x2002 || (first == 0x2001 && second == 0);
    let is_documentation = first == 0x2001 && second == 0xDB8 || (first == 0x3FFF && second < 0x1000);
    is_global && !is_tunnel && !is_documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str]) -> AddressGuard {
        AddressGuard::new(allowed.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn private_addresses_are_refused_in_every_form() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001:0:1::1",
        ] {
            assert!(!guard(&[]).admits(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(guard(&[]).admits(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_listed_is_let_through_and_its_neighbour_is_not() {
        let guard = guard(&["10.1.0.0/16", "127.0.0.1", "fd00::/8"]);

        assert!(guard.admits("10.1.255.255".parse().unwrap()));
        assert!(!guard.admits("10.2.0.0".parse().unwrap()));
        assert!(guard.admits("127.0.0.1".parse().unwrap()));
        assert!(!guard.admits("127.0.0.2".parse().unwrap()));
        assert!(guard.admits("fd12::1".parse().unwrap()));
    }

    #[test]
    fn an_address_is_checked_however_a_browser_would_read_it() {
        for url in
            ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]:80/", "http://0/"]
        {
            assert_eq!(guard(&[]).check(&url.parse().unwrap()), Err(ForbiddenAddress), "{url}");
        }
        assert_eq!(guard(&[]).check(&"https://example.com/".parse().unwrap()), Ok(()));
    }

    #[test]
    fn this_machine_is_called_only_by_its_own_name() {
        let own = guard(&[]).with_this_machine();

        for url in ["http://127.0.0.1:8080/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"] {
            assert_eq!(own.check(&url.parse().unwrap()), Ok(()), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0/"] {
            assert_eq!(own.check(&url.parse().unwrap()), Err(ForbiddenAddress), "{url}");
        }
        assert!(!own.admits("127.0.0.1".parse().unwrap()), "what a name resolves to is another matter");
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused_unless_it_is_localhost() {
        let resolve = async |guard: &AddressGuard, name: &str| {
            guard.resolve(name.parse().unwrap()).await.map(Iterator::count)
        };
        let own = guard(&[]).with_this_machine();

        assert!(resolve(&own, "localhost").await.is_ok());
        assert!(is_forbidden(&*resolve(&guard(&[]), "localhost").await.unwrap_err()));
        // A number is a name to a resolver: it leads where a name that was rebound would.
        assert!(is_forbidden(&*resolve(&own, "127.0.0.1").await.unwrap_err()));
        assert!(resolve(&guard(&["127.0.0.0/8"]), "127.0.0.1").await.is_ok());
    }

    #[test]
    fn a_range_that_is_none_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "example.com", "10.0.0.0/"] {
            assert_eq!(text.parse::<Network>(), Err(ParseNetworkError), "{text}");
        }
        assert!(guard(&["0.0.0.0/0"]).admits("10.0.0.1".parse().unwrap()));
    }
}
