//! The guard without PHP: the module is compiled into this test as it is.

#[path = "../src"]
mod extension {
    pub(crate) mod guard;
}

use extension::guard::{Panicked, guard, install_hook};

#[test]
fn a_panic_becomes_an_error_with_its_place_and_without_its_text() {
    install_hook();

    let caught: Result<(), Panicked> = guard(|| panic!("planted-secret"));

    let Err(Panicked { location }) = caught else { panic!("the panic was not caught") };
    assert!(location.starts_with(file!()), "{location}");
    assert!(!location.contains("planted"));
}

#[test]
fn after_a_panic_the_next_call_works() {
    install_hook();
    let _: Result<(), Panicked> = guard(|| panic!("first"));

    let second: Result<i32, Panicked> = guard(|| Ok(2));

    assert_eq!(second, Ok(2));
}
