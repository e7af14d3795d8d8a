--TEST--
phpinfo() shows version, protocol, paths and encodings
--FILE--
<?php
declare(strict_types=1);

ob_start();
phpinfo(INFO_MODULES);
$text = ob_get_clean();
foreach (['Version', 'Socket protocol', 'Socket', 'Connection', 'Rate limits', 'Token cache', 'Prompt cache', 'Signature encodings', 'platen.deadline_ms'] as $row) {
    echo preg_match("~^$row => (.+)$~m", $text, $match) === 1 ? '' : "no row $row\n";
}
preg_match('~^Signature encodings => (.+)$~m', $text, $match);
echo $match[1];
--EXPECT--
hex, base64, base64url, sha256=
