--TEST--
A key can be neither serialised, cloned, made by new nor extended
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../support/keys.inc';

foreach (
    [
        'serialize' => fn () => serialize(site_key()),
        'unserialize' => fn () => unserialize('O:17:"Platen\SigningKey":0:{}'),
        'clone' => fn () => clone site_key(),
        'new' => fn () => new Platen\SigningKey(),
        'without constructor' => fn () => Platen\hmac_sign('x', (new ReflectionClass('Platen\SigningKey'))->newInstanceWithoutConstructor()),
    ] as $way => $attempt
) {
    try {
        $attempt();
        echo "$way is possible\n";
    } catch (Throwable) {
        echo "$way is refused\n";
    }
}
var_dump((new ReflectionClass('Platen\SigningKey'))->isFinal());
--EXPECT--
serialize is refused
unserialize is refused
clone is refused
new is refused
without constructor is refused
bool(true)
