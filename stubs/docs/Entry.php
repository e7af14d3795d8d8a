<?php

declare(strict_types=1);

namespace StubDocs;

/**
 * One function, class or method of the stubs, with its doc comment.
 */
final class Entry
{
    public readonly Comment $comment;

    public function __construct(
        public readonly string $name,
        public readonly \ReflectionFunction|\ReflectionMethod|\ReflectionClass $reflection
    ) {
        $this->comment = Comment::parse((string) $reflection->getDocComment());
    }

    public static function ofFunction(string $name): self
    {
        return new self(short_name($name) . '()', new \ReflectionFunction($name));
    }

    /** @return non-empty-list<self> The class and its methods. */
    public static function ofClass(string $name): array
    {
        $class = new \ReflectionClass($name);
        $entries = [new self(short_name($name), $class)];
        foreach ($class->getMethods() as $method) {
            $entry = new self(short_name($name) . '::' . $method->getName() . '()', $method);
            if ($method->class === $name && !$entry->comment->has('ignore')) {
                $entries[] = $entry;
            }
        }

        return $entries;
    }

    public function isClass(): bool
    {
        return $this->reflection instanceof \ReflectionClass;
    }

    /** The line that PHP would show, with the names as they are written inside of the namespace. */
    public function signature(): string
    {
        $function = $this->reflection;
        $parameters = array_map(self::parameter(...), $function->getParameters());
        $isMethod = $function instanceof \ReflectionMethod;
        $name = ($isMethod ? short_name($function->class) . '::' : '') . $function->getName();
        $static = $isMethod && $function->isStatic() ? 'static ' : '';
        $return = $function->hasReturnType() ? ': ' . local_type((string) $function->getReturnType()) : '';
        $line = "$static$name(" . implode(', ', $parameters) . ")$return";

        return strlen($line) <= 100
            ? $line
            : "$static$name(\n    " . implode(",\n    ", $parameters) . "\n)$return";
    }

    private static function parameter(\ReflectionParameter $parameter): string
    {
        $default = $parameter->isDefaultValueAvailable() ? ' = ' . literal($parameter->getDefaultValue()) : '';

        return local_type((string) $parameter->getType()) . " \${$parameter->getName()}$default";
    }
}
