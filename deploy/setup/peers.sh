# shellcheck shell=bash
# What `make bench` measures us beside and Debian does not have: OpenAI's tokenizer for Python.

PEERS_WHEEL=tiktoken==0.14.0

install_peers() {
  if [[ -f $TOOLS/peers/$PEERS_WHEEL ]]; then
    return
  fi
  say "Installing $PEERS_WHEEL (PyPI) into target/tools/peers"
  rm -rf "$TOOLS/peers"
  python3 -m venv "$TOOLS/peers" || fail "python3 could not make $TOOLS/peers"
  "$TOOLS/peers/bin/pip" install --quiet "$PEERS_WHEEL" || fail "pip could not install $PEERS_WHEEL"
  touch "$TOOLS/peers/$PEERS_WHEEL"
}
