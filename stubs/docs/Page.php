<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * Writes the groups as one page of Markdown.
 */
final class Page
{
    private const LONGEST_INLINE_TYPE = 60;

    /** @var array<string, string> What was said where a parameter's name stood first. */
    private array $said = [];

    /** @param list<Group> $groups */
    public function __construct(private readonly array $groups)
    {
    }

    public function render(string $introduction): string
    {
        $parts = [$introduction, $this->contents()];
        foreach ($this->groups as $group) {
            $parts[] = "## {$group->title}";
            $parts[] = $this->linked($group->introduction);
            foreach ($group->entries as $entry) {
                $parts = [...$parts, ...$this->entry($entry)];
            }
        }

        return implode("\n\n", array_filter($parts, fn (string $part) => $part !== '')) . "\n";
    }

    /** Makes links of the names of functions that the page describes, such as `encode()`, and of other pages. */
    private function linked(string $text): string
    {
        $text = preg_replace('~\{@see ([^}]+)\}~', '$1', $text);
        $text = preg_replace('~(?<![\w/])docs/(\w+\.md)~', '[$1]($1)', $text);
        $names = array_column(array_merge([], ...array_column($this->groups, 'entries')), 'name');

        return preg_replace_callback(
            '/(?<![`\\w\\\\>:$])\w+(?:::\w+)?\(\)(?!`)/',
            fn (array $found) => in_array($found[0], $names, true)
                ? sprintf('[`%s`](#%s)', $found[0], self::anchor($found[0]))
                : $found[0],
            $text
        );
    }

    private function contents(): string
    {
        $lines = [];
        foreach ($this->groups as $group) {
            $lines[] = sprintf("**[%s](#%s)**\n", $group->title, self::anchor($group->title));
            $lines[] = "| | |\n|---|---|";
            foreach ($group->entries as $entry) {
                $name = $entry->name;
                $lines[] = sprintf('| [`%s`](#%s) | %s |', $name, self::anchor($name), $entry->comment->summary());
            }
            $lines[] = '';
        }

        return rtrim(implode("\n", $lines));
    }

    /** @return list<string> */
    private function entry(Entry $entry): array
    {
        $comment = $entry->comment;
        $parts = ["### {$entry->name}"];
        if (!$entry->isClass()) {
            $parts[] = "```php\n{$entry->signature()}\n```";
        }
        $parts[] = $this->linked($comment->description);
        if (!$entry->isClass()) {
            $parts[] = $this->parameters($entry);
            $parts[] = $this->returned($entry);
            $parts[] = self::failures($comment);
        }
        $parts[] = self::texts('Limits', $comment->all('limit'));
        $parts[] = self::texts('Follows', array_map(self::link(...), $comment->all('link')));
        $parts[] = $this->linked(self::texts('Without the extension', $comment->all('polyfill')));
        foreach ($comment->examples() as $example) {
            $parts[] = "**Example**\n\n```php\n{$example->code}\n```\n\n```text\n{$example->output}\n```";
        }

        return $parts;
    }

    private function parameters(Entry $entry): string
    {
        $documented = $entry->comment->parameters();
        $lines = [];
        foreach ($entry->reflection->getParameters() as $parameter) {
            $name = $parameter->getName();
            $typed = $documented[$name] ?? null;
            $text = $typed?->text ?: $this->said[$name] ?? '';
            $this->said[$name] ??= $text;
            $type = $typed?->type ?: local_type((string) $parameter->getType());
            $default = $parameter->isDefaultValueAvailable() ? $parameter->getDefaultValue() : null;
            $note = $parameter->isOptional() ? ', `' . literal($default) . '` when left out' : '';
            $lines[] = "- `\$$name`: " . self::typed($type, $note, $this->linked($text), '  ');
        }

        return $lines === [] ? '' : "**Parameters**\n\n" . implode("\n", $lines);
    }

    private function returned(Entry $entry): string
    {
        $declared = local_type((string) $entry->reflection->getReturnType());
        $typed = $entry->comment->returned() ?? new TypedText($declared, '');

        return in_array($typed->type, ['', 'void'], true)
            ? ''
            : '**Returns** ' . self::typed($typed->type, '', $this->linked($typed->text));
    }

    private static function failures(Comment $comment): string
    {
        $lines = [];
        foreach ($comment->failures() as $failure) {
            $name = short_name($failure->type);
            $lines[] = sprintf('- [`%s`](#%s) %s', $name, self::anchor($name), self::coded($failure));
        }

        return $lines === [] ? '' : "**Throws**\n\n" . implode("\n", $lines);
    }

    /** The code of an exception is said where its text does not name one itself. */
    private static function coded(TypedText $failure): string
    {
        if (str_contains($failure->text, '`')) {
            return $failure->text;
        }
        $class = 'Platen\\Exception\\' . short_name($failure->type);

        return trim(sprintf('`%s` %s', (new $class())->errorCode, lcfirst($failure->text)));
    }

    /** A short type stands before the text, a long one below it with a line for each member. */
    private static function typed(string $type, string $note, string $text, string $indent = ''): string
    {
        if (strlen($type) <= self::LONGEST_INLINE_TYPE) {
            return rtrim("`$type`$note. $text");
        }
        $lead = trim(ltrim($note === '' ? '' : "$note. ", ', ') . $text);

        return "$lead\n\n$indent```php\n$indent" . str_replace("\n", "\n$indent", self::spread($type)) . "\n$indent```";
    }

    /** Breaks the outermost braces of a type into lines. */
    private static function spread(string $type): string
    {
        [$depth, $outermost, $lines] = [0, null, ''];
        foreach (str_split($type) as $character) {
            $depth += ['{' => 1, '<' => 1, '}' => -1, '>' => -1][$character] ?? 0;
            $outermost ??= $character === '{' ? $depth : null;
            $lines .= match (true) {
                $character === '{' && $depth === $outermost => "{\n    ",
                $character === '}' && $depth + 1 === $outermost => "\n}",
                $character === ',' && $depth === $outermost => ",\n    ",
                $character === ' ' && str_ends_with($lines, "\n    ") => '',
                default => $character,
            };
        }

        return $lines;
    }

    /** @param list<string> $texts */
    private static function texts(string $title, array $texts): string
    {
        return $texts === [] ? '' : "**$title** " . implode(', ', array_map(one_line(...), $texts));
    }

    /** An address and its name, as `@link` has them. */
    private static function link(string $tag): string
    {
        [$address, $name] = explode(' ', one_line($tag) . ' ', 2);

        return sprintf('[%s](%s)', trim($name) ?: $address, $address);
    }

    /** As the common Markdown sites make it of a heading. */
    private static function anchor(string $heading): string
    {
        return str_replace(' ', '-', preg_replace('/[^a-z0-9_ -]/', '', strtolower($heading)));
    }
}
