<?php

declare(strict_types=1);

namespace Platen\Transport;

use Platen\Exception\DaemonUnavailable;
use Platen\Exception\Fault;
use Platen\Exception\PlatenException;

/**
 * Calls the daemon over its Unix socket and keeps the connection for the next call of this process.
 *
 * One request, one reply, in order. A call that failed in any way closes its connection, so that a late reply is never
 * read as the answer to a later request.
 *
 * @internal
 */
final class UnixSocket
{
    private ?Connection $connection = null;

    /** When the daemon last did not answer, by `hrtime`; null when it did. */
    private ?int $failedAtNs = null;

    /** @param int $retryAfterMs How long calls fail at once after one was not answered; 0 tries every time. */
    public function __construct(private readonly string $path, private readonly int $retryAfterMs = 0)
    {
    }

    /**
     * Sends one request and returns the reply's body.
     *
     * @param array<string, mixed> $body
     * @return array<string, mixed>
     * @throws PlatenException
     */
    public function call(Tag $request, array $body, int $deadlineMs): array
    {
        $deadline = new Deadline($deadlineMs);
        $frame = Frame::encode($request, self::toJson($body));

        // A ping asks in order to know, whatever happened a moment ago.
        if ($request !== Tag::Ping) {
            $this->requireHope();
        }
        try {
            [$tag, $reply] = $this->exchange($frame, $deadline);
            $this->failedAtNs = null;
        } catch (DaemonUnavailable $failure) {
            $this->failedAtNs = hrtime(true);
            throw $failure;
        }
        $fields = self::fromJson($reply);
        if ($tag === Tag::Refusal->value) {
            throw self::refusal($fields);
        }
        if ($tag !== $request->reply()->value) {
            $this->forget();
            throw Fault::internal(sprintf('the daemon answered with frame tag 0x%02x', $tag));
        }

        return $fields;
    }

    public function __destruct()
    {
        $this->forget();
    }

    /**
     * A daemon that hangs costs a page one deadline, not one per call.
     *
     * @throws DaemonUnavailable If it did not answer a moment ago.
     */
    private function requireHope(): void
    {
        if ($this->failedAtNs === null) {
            return;
        }
        $leftMs = $this->retryAfterMs - intdiv(hrtime(true) - $this->failedAtNs, 1_000_000);
        if ($leftMs > 0) {
            throw Fault::unavailable("the daemon did not answer a moment ago; the next try is in $leftMs ms");
        }
    }

    /**
     * A connection that was kept may have been closed by a restart since: then, and only then, a second one is tried.
     *
     * @return array{int, string}
     */
    private function exchange(string $frame, Deadline $deadline): array
    {
        $kept = $this->kept();
        if ($kept !== null) {
            try {
                return $this->exchangeOn($kept, $frame, $deadline);
            } catch (Disconnected) {
                // The fresh connection below is the second try.
            }
        }

        try {
            return $this->exchangeOn(Connection::open($this->path, $deadline), $frame, $deadline);
        } catch (Disconnected) {
            throw Fault::unavailable('the daemon closed the connection without an answer');
        }
    }

    /** @return array{int, string} */
    private function exchangeOn(Connection $connection, string $frame, Deadline $deadline): array
    {
        $this->connection = $connection;
        try {
            return $connection->exchange($frame, $deadline);
        } catch (\Throwable $failure) {
            $this->forget();
            throw $failure;
        }
    }

    private function kept(): ?Connection
    {
        if ($this->connection !== null && $this->connection->pid !== getmypid()) {
            // A child of a fork: the parent's answers would arrive here. The parent notices and connects anew.
            $this->connection = null;
        }

        return $this->connection;
    }

    private function forget(): void
    {
        $this->kept()?->close();
        $this->connection = null;
    }

    /** @param array<string, mixed> $fields */
    private static function refusal(array $fields): PlatenException
    {
        $code = is_string($fields['code'] ?? null) ? $fields['code'] : 'internal';
        $message = is_string($fields['message'] ?? null) ? $fields['message'] : 'the daemon refused the request';

        return Fault::refused($message, $code);
    }

    /** @param array<string, mixed> $body */
    private static function toJson(array $body): string
    {
        try {
            return json_encode(
                (object) $body,
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
                | JSON_PRESERVE_ZERO_FRACTION | JSON_INVALID_UTF8_SUBSTITUTE
            );
        } catch (\JsonException $exception) {
            throw Fault::invalidInput('the request has no JSON form: ' . $exception->getMessage());
        }
    }

    /** @return array<string, mixed> */
    private static function fromJson(string $body): array
    {
        $fields = json_decode($body, true);
        if (!is_array($fields)) {
            throw Fault::internal('the daemon sent an answer that is not a JSON object');
        }

        return $fields;
    }
}
