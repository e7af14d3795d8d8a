<?php

/**
 * What a description lacks.
 */

declare(strict_types=1);

namespace StubDocs;

/**
 * @param list<Group>  $groups
 * @param list<string> $codes Every error code there is.
 * @return list<string>
 */
function problems(array $groups, array $codes): array
{
    $problems = [];
    $explained = [];
    foreach (array_merge([], ...array_column($groups, 'entries')) as $entry) {
        $found = $entry->isClass() ? [] : lacking_parameters($entry, $explained);
        $found = [...$found, ...unknown_codes($entry->comment, $codes)];
        if ($entry->comment->description === '') {
            $found[] = 'is not described';
        }
        if ($entry->comment->examples() === [] && needs_example($entry)) {
            $found[] = 'has no @example';
        }
        foreach ($found as $problem) {
            $problems[] = "{$entry->name} $problem";
        }
    }

    return $problems;
}

/** The examples of a class are those of its methods; an exception has none. */
function needs_example(Entry $entry): bool
{
    return !$entry->isClass() || $entry->reflection->isSubclassOf(\Throwable::class);
}

/**
 * @param array<string, true> $explained Parameters that an entry before this one has explained; this one's are added.
 * @return list<string>
 */
function lacking_parameters(Entry $entry, array &$explained): array
{
    $problems = [];
    $documented = $entry->comment->parameters();
    foreach ($entry->reflection->getParameters() as $parameter) {
        $name = $parameter->getName();
        $isInDescription = str_contains($entry->comment->description, "`\$$name`");
        if ($isInDescription || ($documented[$name]->text ?? '') !== '') {
            $explained[$name] = true;
        } elseif (!isset($explained[$name])) {
            $problems[] = "does not explain \$$name, nor does an entry before it";
        }
        unset($documented[$name]);
    }
    foreach (array_keys($documented) as $name) {
        $problems[] = "explains \$$name, which it does not have";
    }

    return $problems;
}

/**
 * @param list<string> $codes
 * @return list<string>
 */
function unknown_codes(Comment $comment, array $codes): array
{
    $texts = implode("\n", array_column($comment->failures(), 'text'));
    preg_match_all('/`([a-z]+(?:_[a-z]+)+)`/', $texts, $named);

    return array_map(fn (string $code) => "names the code `$code`, which there is not", array_diff($named[1], $codes));
}
