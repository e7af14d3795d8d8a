<?php

/**
 * Describes the functions and classes of the namespace Platen in one line each, for check.php.
 */

declare(strict_types=1);

/** @return array<string, string> */
function describe(string $source): array
{
    if ($source === 'stubs') {
        load_stubs();
    }

    $lines = [];
    $functions = get_defined_functions();
    foreach ([...$functions['internal'], ...$functions['user']] as $name) {
        if (str_starts_with($name, 'platen\\')) {
            $function = new ReflectionFunction($name);
            $lines["function {$function->getName()}"] = signature($function);
        }
    }
    foreach (get_declared_classes() as $name) {
        if (str_starts_with($name, 'Platen\\')) {
            $lines += class_lines(new ReflectionClass($name));
        }
    }
    ksort($lines);

    return $lines;
}

/** Declares what the stubs declare. The files of classes begin with a capital. */
function load_stubs(): void
{
    require_once __DIR__ . '/functions.php';
    require_once __DIR__ . '/Exception/PlatenException.php';
    foreach ([...glob(__DIR__ . '/[A-Z]*.php'), ...glob(__DIR__ . '/Exception/*.php')] as $file) {
        require_once $file;
    }
}

/** @return array<string, string> */
function class_lines(ReflectionClass $class): array
{
    $name = $class->getName();
    $parent = $class->getParentClass();
    $lines = ["class $name" => ($class->isFinal() ? 'final' : 'open') . ' extends ' . ($parent ? $parent->getName() : 'nothing')];
    foreach ($class->getMethods() as $method) {
        if ($method->class === $name) {
            $kind = implode(' ', Reflection::getModifierNames($method->getModifiers()));
            $lines["method $name::{$method->name}"] = "$kind " . signature($method);
        }
    }
    foreach ($class->getProperties() as $property) {
        if ($property->class === $name) {
            $kind = implode(' ', Reflection::getModifierNames($property->getModifiers()));
            $default = var_export($property->getDefaultValue(), true);
            $lines["property $name::\${$property->name}"] = "$kind {$property->getType()} = $default";
        }
    }

    return $lines;
}

function signature(ReflectionFunctionAbstract $function): string
{
    $parameters = array_map(parameter(...), $function->getParameters());

    return '(' . implode(', ', $parameters) . '): ' . ($function->getReturnType() ?? 'nothing');
}

function parameter(ReflectionParameter $parameter): string
{
    $attributes = array_map(fn (ReflectionAttribute $found) => "#[{$found->getName()}] ", $parameter->getAttributes());
    $mark = ($parameter->isPassedByReference() ? '&' : '') . ($parameter->isVariadic() ? '...' : '');
    $default = $parameter->isDefaultValueAvailable() ? ' = ' . var_export($parameter->getDefaultValue(), true) : '';

    return implode('', $attributes) . "{$parameter->getType()} $mark\${$parameter->getName()}$default";
}
