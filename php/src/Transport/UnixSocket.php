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

    private int $connects = 0;
    private int $reconnects = 0;

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
        $frame = Frame::encode($request, Json::encode($body));

        // A ping asks in order to know, whatever happened a moment ago.
        if ($request !== Tag::Ping) {
            $this->requireHope();
        }
        try {
            [$tag, $reply] = $this->exchange($request, $frame, $deadline);
            $this->failedAtNs = null;
        } catch (DaemonUnavailable $failure) {
            $this->remember($failure);
            throw $failure;
        }
        $fields = Json::decode($reply);
        if ($tag === Tag::Refusal->value) {
            if ($this->connection?->wasPushedTo() === true) {
                // It may be the refusal of the push, with the request's own answer behind it.
                $this->forget();
            }
            throw self::refusal($fields);
        }
        if ($tag !== $request->reply()->value) {
            $this->forget();
            throw Fault::internal(sprintf('the daemon answered with frame tag 0x%02x', $tag));
        }

        return $fields;
    }

    /**
     * Leaves a request in the socket's buffer, wholly or not at all, and waits for nothing.
     *
     * @param array<string, mixed> $body
     * @throws PlatenException `busy` if the daemon does not keep up; the refusal of an earlier one if there was one.
     */
    public function push(Tag $request, array $body): void
    {
        $frame = Frame::encode($request, Json::encode($body));
        $this->requireHope();
        try {
            $this->leave($frame);
            $this->failedAtNs = null;
        } catch (DaemonUnavailable $failure) {
            $this->remember($failure);
            throw $failure;
        }
    }

    /** @return array{is_open: bool, connects: int, reconnects: int} */
    public function state(): array
    {
        return [
            'is_open' => $this->kept()?->isQuiet() ?? false,
            'connects' => $this->connects,
            'reconnects' => $this->reconnects,
        ];
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

    /** A full buffer and another version are answers too: the daemon is there. */
    private function remember(DaemonUnavailable $failure): void
    {
        if (!in_array($failure->errorCode, ['busy', 'unsupported_version'], true)) {
            $this->failedAtNs = hrtime(true);
        }
    }

    private function leave(string $frame): void
    {
        $kept = $this->kept();
        if ($kept !== null && !$kept->isQuiet()) {
            $refusal = $kept->lateRefusal();
            $this->forget();
            if ($refusal !== null) {
                throw $refusal[0] === Tag::Refusal->value
                    ? self::refusal(Json::decode($refusal[1]))
                    : Fault::internal(sprintf('the daemon answered with frame tag 0x%02x', $refusal[0]));
            }
            $kept = null;
        }
        try {
            $this->connection = $kept ?? $this->connect(new Deadline(1), false);
            $isWhole = $this->connection->leave($frame);
        } catch (Disconnected) {
            $this->forget();
            $this->connection = $this->connect(new Deadline(1), true);
            $isWhole = $this->connection->leave($frame);
        }
        if (!$isWhole) {
            $this->forget();
            throw Fault::unavailable('the daemon does not keep up: its buffer is full, and nothing was sent', 'busy');
        }
    }

    /**
     * A connection that was kept may have been closed by a restart since. Then a second one is tried, if the daemon
     * cannot have read the request, or if reading it twice changes nothing.
     *
     * @return array{int, string}
     */
    private function exchange(Tag $request, string $frame, Deadline $deadline): array
    {
        $kept = $this->kept();
        if ($kept !== null && !$kept->isQuiet()) {
            $this->forget();
            $kept = null;
        }
        if ($kept !== null) {
            try {
                return $this->exchangeOn($kept, $frame, $deadline);
            } catch (Disconnected $lost) {
                if ($lost->wasSent && !$request->isIdempotent()) {
                    throw Fault::unavailable('the daemon closed the connection before it answered');
                }
            }
        }

        try {
            return $this->exchangeOn($this->connect($deadline, $kept !== null), $frame, $deadline);
        } catch (Disconnected) {
            throw Fault::unavailable('the daemon closed the connection before it answered');
        }
    }

    private function connect(Deadline $deadline, bool $isReplacement): Connection
    {
        $connection = Connection::open($this->path, $deadline);
        ++$this->connects;
        $this->reconnects += (int) $isReplacement;

        return $connection;
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

        return $code === 'unsupported_version'
            ? Fault::unavailable($message, $code)
            : Fault::refused($message, $code);
    }
}
