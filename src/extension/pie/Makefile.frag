PLATEN = $(srcdir)/../../..
PLATEN_TARGET = $${CARGO_TARGET_DIR:-$(PLATEN)/target}
# With them as prerequisites, `make install`, which root may run, does not call cargo again.
PLATEN_SOURCES = $(shell find $(PLATEN)/Cargo.lock $(PLATEN)/src -name '*.rs' -o -name Cargo.lock)

$(phplibdir)/platen.so: $(PLATEN_SOURCES)
	PHP="$(PHP_EXECUTABLE)" PHP_CONFIG="$(PLATEN_PHP_CONFIG)" $(CARGO) build --release --locked \
		--manifest-path "$(PLATEN)/src/extension/Cargo.toml" --target-dir "$(PLATEN_TARGET)"
	@mkdir -p $(phplibdir)
	cp "$(PLATEN_TARGET)/release/libplaten.so" $@
