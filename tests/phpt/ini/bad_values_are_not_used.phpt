--TEST--
A value that makes no sense is refused with a warning, and the old one stays
--FILE--
<?php
declare(strict_types=1);

set_error_handler(function (int $level, string $message): bool {
    echo $level === E_WARNING ? 'warning: ' : 'error: ', $message, "\n";

    return true;
});
foreach (
    [
        'platen.deadline_ms' => ['0', '60001', '-1', '50ms', '', '1.5'],
        'platen.retry_after_ms' => ['-1', 'soon'],
        'platen.default_model' => [str_repeat('m', 192), "gpt\n4"],
        'platen.socket' => ['', 'relative.sock', '/' . str_repeat('x', 107)],
    ] as $name => $values
) {
    foreach ($values as $value) {
        var_dump(ini_set($name, $value));
    }
    echo $name, ' is ', ini_get($name), "\n";
}
--EXPECT--
warning: ini_set(): platen.deadline_ms must be a whole number from 1 to 60000; the value is not used
bool(false)
warning: ini_set(): platen.deadline_ms must be a whole number from 1 to 60000; the value is not used
bool(false)
warning: ini_set(): platen.deadline_ms must be a whole number from 1 to 60000; the value is not used
bool(false)
warning: ini_set(): platen.deadline_ms must be a whole number from 1 to 60000; the value is not used
bool(false)
warning: ini_set(): platen.deadline_ms must be a whole number from 1 to 60000; the value is not used
bool(false)
warning: ini_set(): platen.deadline_ms must be a whole number from 1 to 60000; the value is not used
bool(false)
platen.deadline_ms is 50
warning: ini_set(): platen.retry_after_ms must be a whole number from 0 to 60000; the value is not used
bool(false)
warning: ini_set(): platen.retry_after_ms must be a whole number from 0 to 60000; the value is not used
bool(false)
platen.retry_after_ms is 1000
warning: ini_set(): platen.default_model must be a model name of at most 191 printable bytes; the value is not used
bool(false)
warning: ini_set(): platen.default_model must be a model name of at most 191 printable bytes; the value is not used
bool(false)
platen.default_model is 
warning: ini_set(): platen.socket must be an absolute path of at most 107 bytes; the value is not used
bool(false)
warning: ini_set(): platen.socket must be an absolute path of at most 107 bytes; the value is not used
bool(false)
warning: ini_set(): platen.socket must be an absolute path of at most 107 bytes; the value is not used
bool(false)
platen.socket is /run/platen/platend.sock
