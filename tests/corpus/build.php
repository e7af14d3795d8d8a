<?php

/**
 * Assembles the texts of the corpus: php tests/corpus/build.php WORDPRESS TRANSLATIONS CORPUS
 *
 * WORDPRESS is what `wp-files/latest` of the WordPress archive holds, TRANSLATIONS the unpacked archive of translations.
 * The texts depend on nothing but the two archives, so that `sums.json` can hold what another tokenizer made of them.
 */

declare(strict_types=1);

const TEXT_BYTES = ['php' => 6_000_000, 'javascript' => 2_500_000, 'json' => 1_000_000, 'english' => 2_500_000];
const LANGUAGE_BYTES = 240_000;
/** A language with less text than this says little. */
const MIN_LANGUAGE_BYTES = 40_000;
/** Shorter strings are labels, which are the same word over and over. */
const MIN_STRING_CHARACTERS = 12;

[, $wordpress, $translations, $corpus] = $argv;

$english = english_strings("$translations/www", "$translations/editor");
$texts = [
    'php' => files("$wordpress/wordpress", '/\.php$/', TEXT_BYTES['php']),
    'javascript' => files("$wordpress/wordpress/wp-includes/js/dist", '~/[^./]+\.js$~', TEXT_BYTES['javascript']),
    'json' => files("$wordpress", '/\.json$/', TEXT_BYTES['json']),
    'english' => text_of(english_sources($english, $wordpress), TEXT_BYTES['english']),
];
foreach (languages($translations) as $language) {
    $strings = translated($translations, $language, $english);
    $strings = [...$strings, ...wordpress_strings("$wordpress/languages", $language)];
    $text = text_of($strings, LANGUAGE_BYTES);
    if (strlen($text) >= MIN_LANGUAGE_BYTES) {
        $texts["language-$language"] = $text;
    }
}
foreach ($texts as $name => $text) {
    file_put_contents("$corpus/$name.txt", $text);
}

/** The files of a folder whose names match, in order of their names, one after the other. */
function files(string $folder, string $pattern, int $limit): string
{
    $all = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS));
    $names = array_filter(array_map('strval', iterator_to_array($all, false)), fn ($name) => preg_match($pattern, $name));
    sort($names, SORT_STRING);
    $text = '';
    foreach ($names as $name) {
        $file = file_get_contents($name);
        $text .= mb_check_encoding($file, 'UTF-8') ? $file : '';
        if (strlen($text) >= $limit) {
            break;
        }
    }

    return mb_strcut($text, 0, $limit, 'UTF-8');
}

/**
 * Strings that say something, each once, a paragraph each.
 *
 * @param iterable<string> $strings
 */
function text_of(iterable $strings, int $limit): string
{
    $seen = [];
    $text = '';
    foreach ($strings as $string) {
        if (isset($seen[$string]) || mb_strlen($string, 'UTF-8') < MIN_STRING_CHARACTERS) {
            continue;
        }
        $seen[$string] = true;
        $text .= "$string\n\n";
        if (strlen($text) >= $limit) {
            break;
        }
    }

    return mb_strcut($text, 0, $limit, 'UTF-8');
}

/** @return list<string> The languages that are translated to, as the archive names them. */
function languages(string $translations): array
{
    $names = array_map(
        fn (string $file) => basename($file, '.json'),
        glob("$translations/www/scratch-website.general-l10njson/*.json")
    );

    return array_values(array_diff($names, ['en']));
}

/** @return array<string, array<string, string>> For each file of translations its strings in English. */
function english_strings(string ...$folders): array
{
    $strings = [];
    foreach ($folders as $folder) {
        foreach (glob("$folder/*/en.json") as $file) {
            $strings[dirname($file)] = strings_of($file);
        }
    }

    return $strings;
}

/** @return iterable<string> */
function english_sources(array $english, string $wordpress): iterable
{
    foreach ($english as $strings) {
        yield from array_values($strings);
    }
    foreach (glob("$wordpress/languages/*-de_DE.l10n.php") as $file) {
        foreach (array_keys((include $file)['messages']) as $key) {
            // A key is the English text, behind a context and before a plural.
            yield explode("\0", (string) preg_replace('/^.*\x04/s', '', (string) $key))[0];
        }
    }
    foreach (['readme.html', 'license.txt'] as $name) {
        yield strip_tags((string) @file_get_contents("$wordpress/wordpress/$name"));
    }
    yield from comments("$wordpress/wordpress");
}

/** The prose in the documentation comments of WordPress. */
function comments(string $folder): iterable
{
    preg_match_all('~/\*\*\n(.*?)\*/~s', files($folder, '/\.php$/', 40_000_000), $blocks);
    foreach ($blocks[1] as $block) {
        yield trim((string) preg_replace('/^[ \t]*\* ?|^[ \t]*@.*$/m', '', $block));
    }
}

/** @return iterable<string> What is translated, and not left in English. */
function translated(string $translations, string $language, array $english): iterable
{
    foreach ($english as $folder => $originals) {
        $file = "$folder/$language.json";
        foreach (is_file($file) ? strings_of($file) : [] as $key => $string) {
            if ($string !== ($originals[$key] ?? null)) {
                yield $string;
            }
        }
    }
}

/** @return iterable<string> */
function wordpress_strings(string $folder, string $language): iterable
{
    [$base, $region] = explode('-', $language) + [1 => ''];
    $locale = $base . ($region === '' ? '' : '_' . strtoupper($region));
    $files = [...glob("$folder/*-$locale.l10n.php"), ...($region === '' ? glob("$folder/*-{$base}_*.l10n.php") : [])];
    foreach ($base === 'zh' || $files !== [] ? $files : [] as $file) {
        foreach ((include $file)['messages'] as $string) {
            yield from explode("\0", (string) $string);
        }
    }
}

/** @return array<string, string> */
function strings_of(string $file): array
{
    $strings = json_decode((string) file_get_contents($file), true, 8, JSON_THROW_ON_ERROR);
    $text = static fn (mixed $value): string => is_array($value) ? (string) ($value['message'] ?? '') : (string) $value;

    return array_map($text, $strings);
}
