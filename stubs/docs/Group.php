<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * A part of the reference: a comment of its own in functions.php that begins with `# Heading` opens it, and it holds
 * the functions that follow, then the classes that the comment names by `@uses`. A block of PHP in that comment is what
 * every example of the group begins with.
 */
final class Group
{
    /** @param list<Entry> $entries */
    public function __construct(
        public readonly string $title,
        public readonly string $introduction,
        public readonly array $entries
    ) {
    }

    /** The code that every example of this group begins with. */
    public function prelude(): string
    {
        preg_match('/^```php\n(.*?)^```$/ms', $this->introduction, $found);

        return $found[1] ?? '';
    }

    /**
     * Reads all groups of the loaded stubs; the exceptions come last.
     *
     * @return list<self>
     */
    public static function readAll(string $folder): array
    {
        $headings = self::headings("$folder/functions.php");
        $functions = self::functionsByLine("$folder/functions.php");
        $classes = self::classes($folder);
        $groups = [];
        foreach ($headings as $line => $comment) {
            $next = min([PHP_INT_MAX, ...array_filter(array_keys($headings), fn (int $other) => $other > $line)]);
            $used = array_map(fn (string $name) => "Platen\\$name", $comment->all('uses'));
            $entries = [];
            foreach ($functions as $start => $name) {
                if ($start > $line && $start < $next) {
                    $entries[] = Entry::ofFunction($name);
                }
            }
            $entries = array_merge($entries, ...array_map(Entry::ofClass(...), $used));
            [$title, $introduction] = explode("\n", $comment->description . "\n", 2);
            $groups[] = new self(ltrim($title, '# '), trim($introduction), $entries);
            $classes = array_diff($classes, $used);
        }
        if ($functions !== [] && min(array_keys($functions)) < min([PHP_INT_MAX, ...array_keys($headings)])) {
            throw new \DomainException('functions.php: a comment with a heading must stand before the first function');
        }

        return [...$groups, self::exceptions($classes)];
    }

    /** @param list<class-string> $left What no group has used. */
    private static function exceptions(array $left): self
    {
        $entries = [];
        foreach ($left as $name) {
            if (!is_a($name, \Throwable::class, true)) {
                throw new \DomainException("$name: no comment with a heading names it by @uses");
            }
            $entries = [...$entries, ...Entry::ofClass($name)];
        }
        $introduction = "Every exception of Platen is a `Platen\\Exception\\PlatenException`.\n"
            . 'Its `errorCode` is for programs and stays; its message is for people and may change.';

        return new self('Exceptions', $introduction, $entries);
    }

    /** @return array<int, Comment> By line. */
    private static function headings(string $file): array
    {
        $headings = [];
        foreach (\PhpToken::tokenize((string) file_get_contents($file)) as $token) {
            if ($token->is(T_DOC_COMMENT) && preg_match('~\A/\*\*\s+\* # ~', $token->text)) {
                $headings[$token->line] = Comment::parse($token->text);
            }
        }

        return $headings;
    }

    /** @return array<int, string> */
    private static function functionsByLine(string $file): array
    {
        $functions = [];
        foreach (get_defined_functions()['user'] as $name) {
            $function = new \ReflectionFunction($name);
            if ($function->getFileName() === $file) {
                $functions[$function->getStartLine()] = $function->getName();
            }
        }
        ksort($functions);

        return $functions;
    }

    /** @return list<class-string> Parents before their children, else by name. */
    private static function classes(string $folder): array
    {
        $isStub = fn (string $class) => str_starts_with($class, 'Platen\\')
            && str_starts_with((string) (new \ReflectionClass($class))->getFileName(), "$folder/");
        $classes = array_values(array_filter(get_declared_classes(), $isStub));
        $rank = fn (string $class) => [count(class_parents($class)), $class];
        usort($classes, fn (string $a, string $b) => $rank($a) <=> $rank($b));

        return $classes;
    }
}
