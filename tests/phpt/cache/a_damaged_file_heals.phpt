--TEST--
A file that was garbled, cut or removed is a miss, and the cache works on
--INI--
platen.cache_path={TMP}/platen-phpt-cache/prompts.cache
--FILE--
<?php
declare(strict_types=1);

$path = ini_get('platen.cache_path');
$damages = [
    'garbled' => fn () => file_put_contents($path, random_bytes(100000)),
    'emptied' => fn () => file_put_contents($path, ''),
    'cut' => fn () => ftruncate(fopen($path, 'r+'), 5000),
    'removed' => fn () => unlink($path),
];
foreach ($damages as $name => $damage) {
    $hash = Platen\prompt_hash($name);
    Platen\cache_set($hash, 'before');
    $damage();
    $found = Platen\cache_get($hash);
    // The first write after a damage may be the one that finds it.
    Platen\cache_set($hash, 'after') || Platen\cache_set($hash, 'after');
    echo $name, ': ', in_array($found, [null, 'before'], true) ? 'right' : 'wrong', ', ', Platen\cache_get($hash), "\n";
}
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/platen-phpt-cache/*') as $file) {
    unlink($file);
}
@rmdir(sys_get_temp_dir() . '/platen-phpt-cache');
--EXPECT--
garbled: right, after
emptied: right, after
cut: right, after
removed: right, after
