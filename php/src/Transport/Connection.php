<?php

declare(strict_types=1);

namespace Platen\Transport;

use Platen\Exception\DaemonUnavailable;
use Platen\Exception\Fault;
use Platen\Exception\PlatenException;

/**
 * One open stream to the daemon: a request goes out, its reply comes in.
 *
 * @internal
 */
final class Connection
{
    /** Whether frames were sent for which no answer is waited for: only then may something lie here unasked. */
    private bool $wasPushedTo = false;

    /** The process that connected. After a fork the stream belongs to the parent. */
    public readonly int $pid;

    /** @param resource $stream */
    private function __construct(private readonly mixed $stream)
    {
        $this->pid = (int) getmypid();
    }

    /** @throws DaemonUnavailable If nothing listens on the path. */
    public static function open(string $path, Deadline $deadline): self
    {
        // The warning repeats what $error holds, and an error handler of the application would turn it into a fault.
        $stream = @stream_socket_client('unix://' . $path, $errno, $error, $deadline->remainingUs() / 1e6);
        if ($stream === false) {
            throw Fault::unavailable(sprintf('the daemon cannot be reached at %s: %s', $path, lcfirst($error)));
        }
        stream_set_blocking($stream, false);

        return new self($stream);
    }

    /**
     * Sends a frame and reads the answer's tag and body.
     *
     * @return array{int, string}
     * @throws Disconnected If the peer closed before the first byte of the answer.
     * @throws PlatenException If the peer closed later, the deadline passed, or the answer is not a frame.
     */
    public function exchange(string $frame, Deadline $deadline): array
    {
        $this->write($frame, $deadline);

        return $this->readFrame($deadline);
    }

    /**
     * Leaves a frame in the socket's buffer if it has room now.
     *
     * @return bool Whether it fitted wholly; if not, the connection must be closed.
     * @throws Disconnected If the peer is gone.
     */
    public function leave(string $frame): bool
    {
        $readable = $except = [];
        $writable = [$this->stream];
        if (@stream_select($readable, $writable, $except, 0, 0) !== 1) {
            return false;
        }
        // PHP's streams report a closed peer and a full buffer alike; what may be written was asked above.
        $written = @fwrite($this->stream, $frame);
        if ($written === false || $written === 0) {
            throw new Disconnected(wasSent: false);
        }
        $this->wasPushedTo = true;

        return $written === strlen($frame);
    }

    public function wasPushedTo(): bool
    {
        return $this->wasPushedTo;
    }

    /** Whether nothing lies on it that was not asked for. */
    public function isQuiet(): bool
    {
        if (!$this->wasPushedTo) {
            return true;
        }
        $readable = [$this->stream];
        $writable = $except = [];

        return @stream_select($readable, $writable, $except, 0, 0) === 0;
    }

    /**
     * Reads what the daemon sent unasked: why it refused something that was left here.
     *
     * @return array{int, string}|null Null if it only closed the connection.
     * @throws PlatenException If what it sent is not a frame.
     */
    public function lateRefusal(): ?array
    {
        try {
            return $this->readFrame(new Deadline(1));
        } catch (Disconnected | DaemonUnavailable) {
            return null;
        }
    }

    public function close(): void
    {
        fclose($this->stream);
    }

    /** @return array{int, string} */
    private function readFrame(Deadline $deadline): array
    {
        $frame = Frame::decodeHeader($this->read(Frame::HEADER_BYTES, $deadline, isFirst: true));

        return [$frame->tag, $frame->bodyBytes === 0 ? '' : $this->read($frame->bodyBytes, $deadline)];
    }

    private function write(string $bytes, Deadline $deadline): void
    {
        while ($bytes !== '') {
            $this->wait($deadline, forWriting: true);
            // A peer that closed raises a notice besides the result; the result is enough.
            $written = @fwrite($this->stream, $bytes);
            if ($written === false || $written === 0) {
                throw new Disconnected(wasSent: false);
            }
            $bytes = substr($bytes, $written);
        }
    }

    /** @param positive-int $length */
    private function read(int $length, Deadline $deadline, bool $isFirst = false): string
    {
        $bytes = '';
        while (($missing = $length - strlen($bytes)) > 0) {
            $this->wait($deadline, forWriting: false);
            $chunk = @fread($this->stream, $missing);
            if ($chunk === false || $chunk === '') {
                throw $isFirst && $bytes === ''
                    ? new Disconnected(wasSent: true)
                    : Fault::unavailable('the daemon closed the connection in the middle of an answer');
            }
            $bytes .= $chunk;
        }

        return $bytes;
    }

    private function wait(Deadline $deadline, bool $forWriting): void
    {
        do {
            $leftUs = $deadline->remainingUs();
            $readable = $forWriting ? [] : [$this->stream];
            $writable = $forWriting ? [$this->stream] : [];
            $except = [];
            // False means that a signal came in between: wait again, with what is left.
            $ready = @stream_select($readable, $writable, $except, intdiv($leftUs, 1_000_000), $leftUs % 1_000_000);
        } while ($ready === false || $ready === 0);
    }
}
