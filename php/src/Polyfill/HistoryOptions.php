<?php

declare(strict_types=1);

namespace Platen\Polyfill;

use Platen\Exception\Fault;
use Platen\Exception\InvalidInput;

/**
 * The options of trim_history().
 *
 * @internal
 */
final class HistoryOptions
{
    private function __construct(
        public readonly int $keepFirst,
        /** The text of a system message that stands where the first messages were dropped. */
        public readonly ?string $summary,
        /** Whether the newest question is cut when it does not fit. */
        public readonly bool $truncate
    ) {
    }

    /**
     * @param array<mixed> $options
     * @throws InvalidInput If an option is unknown or of another type.
     */
    public static function fromArray(array $options): self
    {
        foreach ($options as $name => $value) {
            $wanted = match ($name) {
                'keep_first' => is_int($value) && $value >= 0 ? null : 'an integer that is not negative',
                'summary' => is_string($value) && mb_check_encoding($value, 'UTF-8') ? null : 'UTF-8 text',
                'truncate' => is_bool($value) ? null : 'true or false',
                default => throw Fault::invalidInput(
                    'the options are keep_first, summary and truncate; there is no option '
                        . (is_string($name) ? "'$name'" : "''")
                ),
            };
            if ($wanted !== null) {
                throw Fault::invalidInput("the option $name must be $wanted");
            }
        }

        return new self($options['keep_first'] ?? 0, $options['summary'] ?? null, $options['truncate'] ?? false);
    }
}
