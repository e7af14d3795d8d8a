<?php

declare(strict_types=1);

namespace Platen\Transport;

use Platen\Exception\Fault;
use Platen\Exception\InternalError;
use Platen\Exception\InvalidInput;

/**
 * Objects as the daemon reads and writes them.
 *
 * @internal
 */
final class Json
{
    /**
     * @param array<string, mixed> $fields
     * @throws InvalidInput If a value has no JSON form.
     */
    public static function encode(array $fields): string
    {
        try {
            return json_encode(
                (object) $fields,
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
                | JSON_PRESERVE_ZERO_FRACTION | JSON_INVALID_UTF8_SUBSTITUTE
            );
        } catch (\JsonException $exception) {
            throw Fault::invalidInput('the request has no JSON form: ' . $exception->getMessage());
        }
    }

    /**
     * @return array<string, mixed>
     * @throws InternalError If it is no object.
     */
    public static function decode(string $body): array
    {
        $fields = json_decode($body, true);
        if (!is_array($fields)) {
            throw Fault::internal('the daemon sent an answer that is not a JSON object');
        }

        return $fields;
    }
}
