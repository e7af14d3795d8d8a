<?php

/**
 * Measures the signing functions: php -d extension=target/release/libplaten.so tests/load/signing.php [--json]
 *
 * Each figure is the median of many short batches, in microseconds for one call. The peer is what PHP itself offers
 * for the same work, where it has something. Without the extension the library in PHP is measured, in fewer batches.
 */

declare(strict_types=1);

use Platen\SigningKey;

use function Platen\hmac_sign;
use function Platen\jwt_decode;
use function Platen\jwt_encode;

$isNative = extension_loaded('platen');
define('BATCHES', $isNative ? 200 : 30);
if (!$isNative) {
    require dirname(__DIR__, 2) . '/php/autoload.php';
}

$pem = static fn (string $name): string
    => (string) file_get_contents(dirname(__DIR__) . "/vectors/jwt/keys/$name.pem");
$body = str_repeat('{"type":"invoice.paid"}', 90);
$body = substr($body, 0, 2048);
$secret = SigningKey::fromString('psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');
$claims = [
    'iss' => 'https://example.org',
    'sub' => 'user:42',
    'aud' => 'platen:stream',
    'exp' => time() + 3600,
    'nbf' => time() - 1,
    'iat' => time() - 1,
    'jti' => '00112233445566778899aabbccddeeff',
    'role' => 'editor',
    'site' => 7,
];
$checks = ['iss' => $claims['iss'], 'sub' => $claims['sub'], 'aud' => $claims['aud'], 'jti' => true];
$checks += ['max_age_s' => 3600, 'leeway_s' => 5];

/** @var array<string, array{value: float, bar: float|null, unit: string, better: string, beside?: string}> $results */
$results = [];
$results['hmac_sign 2 KB'] = figure(500, 2, fn () => hmac_sign($body, $secret));
if ($isNative) {
    $peer = fn () => hash_hmac('sha256', $body, 'a key of 32 bytes for the peer ..');
    $results['hash_hmac 2 KB (PHP)'] = ['beside' => 'hmac_sign 2 KB'] + figure(500, null, $peer);
}
$results['HS256 encode'] = figure(500, 1.3, fn () => jwt_encode($claims, $secret));
$token = jwt_encode($claims, $secret);
$results['HS256 decode, all checks'] = figure(500, 2.5, fn () => jwt_decode($token, $secret, $checks));
foreach (['rsa' => 'RS256', 'ec' => 'ES256', 'ed25519' => 'EdDSA'] as $name => $algorithm) {
    $private = SigningKey::fromPem($pem($name));
    $public = SigningKey::fromJwk($private->toJwk());
    $token = jwt_encode($claims, $private);
    $bars = ['RS256' => [null, 30], 'ES256' => [30, 75], 'EdDSA' => [null, null]][$algorithm];
    $results["$algorithm sign"] = figure($name === 'rsa' ? 4 : 50, $bars[0], fn () => jwt_encode($claims, $private));
    $results["$algorithm verify"] = figure(50, $bars[1], fn () => jwt_decode($token, $public, $checks));
    if (!$isNative) {
        continue; // Without the extension no key outlives its object.
    }
    $text = $pem($name);
    $results["$algorithm key read again"] = figure(200, null, fn () => SigningKey::fromPem($text));
}
$message = substr($body, 0, 300);
foreach ($isNative ? ['rsa' => 'RS256', 'ec' => 'ES256'] : [] as $name => $algorithm) {
    openssl_sign($message, $signature, $pem($name), OPENSSL_ALGO_SHA256);
    $public = openssl_pkey_get_details(openssl_pkey_get_private($pem($name)))['key'];
    $peer = fn () => openssl_verify($message, $signature, $public, OPENSSL_ALGO_SHA256);
    $results["$algorithm verify, PEM (openssl_verify)"] = ['beside' => "$algorithm verify"] + figure(20, null, $peer);
    $parsed = openssl_pkey_get_public($public);
    $peer = fn () => openssl_verify($message, $signature, $parsed, OPENSSL_ALGO_SHA256);
    $results["$algorithm verify, key object (openssl_verify)"] = ['beside' => "$algorithm verify"] + figure(20, null, $peer);
}

if (in_array('--json', $argv, true)) {
    echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
    exit(0);
}
foreach ($results as $name => ['value' => $value, 'bar' => $bar]) {
    printf("%-28s %9.3f us%s\n", $name, $value, $bar === null ? '' : "   bar $bar");
}

/** @return array{value: float, bar: float|null, unit: string, better: string} */
function figure(int $calls, ?float $bar, callable $call): array
{
    $times = [];
    for ($batch = 0; $batch < BATCHES; ++$batch) {
        $start = hrtime(true);
        for ($i = 0; $i < $calls; ++$i) {
            $call();
        }
        $times[] = (hrtime(true) - $start) / 1000 / $calls;
    }
    sort($times);

    return ['value' => round($times[intdiv(BATCHES, 2)], 3), 'bar' => $bar, 'unit' => 'us', 'better' => 'lower'];
}
