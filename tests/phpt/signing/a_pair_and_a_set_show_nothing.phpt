--TEST--
Keys of two halves and sets show nothing of themselves and cannot be copied
--FILE--
<?php
declare(strict_types=1);

$key = Platen\SigningKey::fromPem(file_get_contents(__DIR__ . '/../../vectors/jwt/keys/rsa.pem'), 'a');
$set = Platen\KeySet::fromKeys([$key]);
var_dump($key, $set);
echo json_encode([$key, $set]), "\n";
foreach (
    [
        fn () => serialize($key),
        fn () => serialize($set),
        fn () => clone $set,
        fn () => new Platen\KeySet(),
        fn () => (new ReflectionClass('Platen\KeySet'))->newInstanceWithoutConstructor()->ids(),
    ] as $attempt
) {
    try {
        $attempt();
        echo "possible\n";
    } catch (Throwable) {
        echo "refused\n";
    }
}
--EXPECT--
object(Platen\SigningKey)#1 (0) {
}
object(Platen\KeySet)#2 (0) {
}
[{},{}]
refused
refused
refused
refused
refused
