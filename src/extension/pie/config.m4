dnl Lets phpize, and with it PIE, build and install the extension as any other; the compiler is cargo.

PHP_ARG_ENABLE([platen],
  [whether to enable platen],
  [AS_HELP_STRING([--enable-platen], [Enable platen])],
  [yes])

if test "$PHP_PLATEN" != "no"; then
  AC_PATH_PROG([CARGO], [cargo], [no])
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([cargo is missing; install Rust 1.95 or newer from https://rustup.rs])
  fi
  PHP_SUBST([CARGO])

  dnl phpize may know php-config by its name only.
  PLATEN_PHP_CONFIG=`command -v "$PHP_CONFIG"`
  PHP_SUBST([PLATEN_PHP_CONFIG])

  dnl There are no C files for PHP_NEW_EXTENSION: the module is what Makefile.frag makes.
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/platen.so"
  PHP_SUBST([PHP_MODULES])
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$abs_builddir])
fi
