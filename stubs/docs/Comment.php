<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * A doc comment, taken apart: the description, and the tags in their order.
 *
 * Known tags are `@param`, `@return`, `@throws`, `@link` (what the function follows), `@limit`, `@polyfill` (how the
 * library in PHP differs), `@example`, `@uses` (in the comment that opens a group: a class that belongs to it) and
 * `@ignore` (not described).
 */
final class Comment
{
    /** @param list<array{string, string}> $tags Name without `@`, and what follows it. */
    private function __construct(public readonly string $description, private readonly array $tags)
    {
    }

    public static function parse(string $comment): self
    {
        $text = preg_replace('~^/\*\*|\s*\*/$~', '', $comment);
        $lines = preg_replace('~^\s*\* ?~', '', explode("\n", $text));
        $parts = [['', '']];
        $isCode = false;
        foreach ($lines as $line) {
            $isCode = $isCode !== str_starts_with(ltrim($line), '```');
            if (!$isCode && preg_match('/^@(\w+) ?(.*)$/', $line, $found)) {
                $parts[] = [$found[1], $found[2]];
            } else {
                $parts[array_key_last($parts)][1] .= "\n$line";
            }
        }
        $parts = array_map(fn (array $part) => [$part[0], trim($part[1])], $parts);

        return new self(array_shift($parts)[1], $parts);
    }

    /** @return list<string> The texts of every tag with this name. */
    public function all(string $name): array
    {
        return array_column(array_filter($this->tags, fn (array $tag) => $tag[0] === $name), 1);
    }

    public function has(string $name): bool
    {
        return $this->all($name) !== [];
    }

    /** The first sentence of the description. */
    public function summary(): string
    {
        preg_match('/\A.*?[.:](?=\s|\z)/s', $this->description, $found);

        return one_line(rtrim($found[0] ?? $this->description, ':.')) . '.';
    }

    /** @return array<string, TypedText> By the name of the parameter. */
    public function parameters(): array
    {
        $parameters = [];
        foreach ($this->all('param') as $tag) {
            $typed = TypedText::parse($tag);
            [$name, $text] = explode(' ', $typed->text . ' ', 2);
            $parameters[ltrim($name, '$')] = new TypedText($typed->type, trim($text));
        }

        return $parameters;
    }

    public function returned(): ?TypedText
    {
        return $this->has('return') ? TypedText::parse($this->all('return')[0]) : null;
    }

    /** @return list<TypedText> The type is the exception. */
    public function failures(): array
    {
        return array_map(TypedText::parse(...), $this->all('throws'));
    }

    /** @return list<Example> */
    public function examples(): array
    {
        return array_map(Example::parse(...), $this->all('example'));
    }
}
