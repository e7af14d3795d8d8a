<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * A part of the reference: a file of the folder `functions`. A comment of its own that begins with `# Heading` opens it,
 * and it holds the functions of the file, then the classes that the comment names by `@uses`. A block of PHP in that
 * comment is what every example of the group begins with.
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
     * Reads all groups of the loaded stubs, in the order in which their files were loaded; the exceptions come last.
     *
     * @return list<self>
     */
    public static function readAll(string $folder): array
    {
        $classes = self::classes($folder);
        $groups = [];
        foreach (get_included_files() as $file) {
            if (dirname($file) === "$folder/functions") {
                $heading = self::heading($file);
                $used = array_map(fn (string $name) => "Platen\\$name", $heading->all('uses'));
                $groups[] = self::read($heading, self::functions($file), $used);
                $classes = array_diff($classes, $used);
            }
        }

        return [...$groups, self::exceptions($classes)];
    }

    /**
     * @param list<string>       $functions
     * @param list<class-string> $classes
     */
    private static function read(Comment $heading, array $functions, array $classes): self
    {
        $entries = array_map(Entry::ofFunction(...), $functions);
        [$title, $introduction] = explode("\n", $heading->description . "\n", 2);

        return new self(
            ltrim($title, '# '),
            trim($introduction),
            array_merge($entries, ...array_map(Entry::ofClass(...), $classes))
        );
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

    /** The comment that opens the group. */
    private static function heading(string $file): Comment
    {
        foreach (\PhpToken::tokenize((string) file_get_contents($file)) as $token) {
            if ($token->is(T_DOC_COMMENT)) {
                $comment = Comment::parse($token->text);
                if (str_starts_with($comment->description, '# ')) {
                    return $comment;
                }
                break;
            }
        }
        throw new \DomainException(basename($file) . ': its first comment has no heading');
    }

    /** @return list<string> In the order of the file. */
    private static function functions(string $file): array
    {
        $functions = [];
        foreach (get_defined_functions()['user'] as $name) {
            $function = new \ReflectionFunction($name);
            if ($function->getFileName() === $file) {
                $functions[$function->getStartLine()] = $function->getName();
            }
        }
        ksort($functions);

        return array_values($functions);
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
