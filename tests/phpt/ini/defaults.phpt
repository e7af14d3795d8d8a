--TEST--
The settings have their documented defaults
--FILE--
<?php
declare(strict_types=1);

foreach (ini_get_all('platen') as $name => $setting) {
    echo $name, ' = ', var_export($setting['global_value'], true), ' (', $setting['access'], ")\n";
}
--EXPECT--
platen.cache_max_bytes = '67108864' (4)
platen.cache_path = '' (4)
platen.deadline_ms = '50' (7)
platen.default_model = '' (7)
platen.limits_path = '' (4)
platen.preload_encodings = '' (4)
platen.retry_after_ms = '1000' (7)
platen.socket = '/run/platen/platend.sock' (7)
