<?php

declare(strict_types=1);

namespace Platen;

use Platen\Exception\DaemonUnavailable;
use Platen\Exception\InvalidInput;
use Platen\Exception\RequestRefused;

/**
 * # Hand-off
 *
 * Jobs, and questions about them, over the daemon's Unix socket.
 *
 * A worker keeps one connection, and every call ends at its deadline, whatever the daemon does.
 * After a call that was not answered, those of the same worker fail at once for `platen.retry_after_ms`: a daemon that
 * hangs costs a page one deadline. After three missed deadlines in a row, of whichever workers, those of all workers of
 * the server do; then one call goes to see. A ping always asks, and a deadline below `platen.deadline_ms` warns nobody.
 * A job carries its own id, so a hand-off whose answer was lost can be sent again.
 *
 * The examples begin with this job, of the site `blog`:
 *
 * ```php
 * $id = (string) Platen\Job\JobId::generate();
 * $job = [
 *     'id' => $id,
 *     'idempotency_key' => "question-$id",
 *     'request_id' => bin2hex(random_bytes(16)),
 *     'created_at' => gmdate('Y-m-d\TH:i:s\Z'),
 *     'kind' => 'chat',
 *     'payload' => ['model' => 'default', 'messages' => [['role' => 'user', 'content' => 'Do you sell roses?']]],
 * ];
 * ```
 */

/**
 * Asks whether the daemon lives. Always tries, also right after a call that was not answered.
 *
 * @param positive-int|null $deadline_ms At most 60000; `platen.deadline_ms` when null. The same for all calls below.
 * @return array{version: string, protocol: int, pid: int, uptime_ms: int}
 * @throws DaemonUnavailable `daemon_unavailable`, `deadline_exceeded`
 * @throws RequestRefused `peer_not_allowed`, `unsupported_version`
 * @throws InvalidInput When the deadline is out of its range.
 * @example
 * ```php
 * echo 'platend ', Platen\ping()['version'];
 * ```
 * ```text
 * platend %s
 * ```
 */
function ping(?int $deadline_ms = null): array
{
}

/**
 * Asks what the daemon is, what it takes at most, which models it has and what it can do.
 *
 * @param positive-int|null $deadline_ms
 * @return array{
 *     version: string,
 *     protocol: int,
 *     pid: int,
 *     uptime_ms: int,
 *     limits: array{frame_bytes: int, job_bytes: int, batch_jobs: int, wait_ms: int, waiters: int},
 *     models: list<string>,
 *     features: list<string>
 * }
 * @throws DaemonUnavailable
 * @throws RequestRefused
 * @throws InvalidInput When the deadline is out of its range.
 * @example
 * ```php
 * echo implode(' ', Platen\daemon_info()['features']);
 * ```
 * ```text
 * accept budget push results submit_many wait
 * ```
 */
function daemon_info(?int $deadline_ms = null): array
{
}

/**
 * Hands a job over. Sending it again, with the same id or idempotency key, is safe.
 *
 * `$ack` says what is waited for:
 * - `durable`: the receipt means that the job is on the disk and will end, also after a crash.
 * - `accepted`: the receipt means that the daemon has checked the job and has it in memory. It is on the disk within
 *   about a millisecond; a crash before that loses it, and `is_duplicate` is always false. For jobs that somebody
 *   would hand over again, as the plugin's outbox does with a job whose end never comes.
 * - `none`: nothing. The job is in the socket's buffer, and null is returned at once. That the daemon refuses it stands
 *   in the daemon's log. That this process may not use the socket, or that the daemon is of another release, is thrown
 *   by the next call.
 *
 * @param string $site The id of the site, as `platend site add` was told it.
 * @param array<string, mixed> $job As docs/protocol.md describes it.
 * @param positive-int|null $deadline_ms Without a meaning for `none`, which never waits.
 * @param 'durable'|'accepted'|'none' $ack
 * @return array{job_id: string, status: string, is_duplicate: bool}|null
 * @throws DaemonUnavailable `daemon_unavailable`, `deadline_exceeded`: the job may or may not have arrived.
 *     `busy` (`none` only): the daemon does not keep up; nothing was sent. `unsupported_version`: the daemon is of
 *     another release.
 * @throws RequestRefused With the code of the refusal: nothing was changed.
 * @throws InvalidInput `invalid_request` when the job has no JSON form or is nested deeper than 64 levels;
 *     `payload_too_large` when it is larger than a frame (1 MiB).
 * @limit 256 KiB of payload as JSON; 64 levels deep.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * echo $receipt['status'], $receipt['is_duplicate'] ? ' again' : '';
 * ```
 * ```text
 * queued
 * ```
 */
function submit(string $site, array $job, ?int $deadline_ms = null, string $ack = 'durable'): ?array
{
}

/**
 * Hands several jobs over in one transaction. Those with a receipt are durable; a refusal concerns one job alone.
 *
 * @param non-empty-array<array<string, mixed>> $jobs At most 256, and 1 MiB of JSON together.
 * @param positive-int|null $deadline_ms
 * @return list<array{job_id: string, status: string, is_duplicate: bool}|array{code: string, message: string}> One for
 *     each job, in their order.
 * @throws DaemonUnavailable Some jobs may have arrived: all or none.
 * @throws RequestRefused Nothing was changed.
 * @throws InvalidInput `invalid_request` when there are none or too many; `payload_too_large`
 * @example
 * ```php
 * $results = Platen\submit_many('blog', [$job, ['id' => 'not of the documented form']]);
 * echo $results[0]['status'], ', ', $results[1]['code'];
 * ```
 * ```text
 * queued, invalid_request
 * ```
 */
function submit_many(string $site, array $jobs, ?int $deadline_ms = null): array
{
}

/**
 * Asks where a job stands.
 *
 * @param string $job_id That of the receipt.
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * $snapshot = Platen\status('blog', $receipt['job_id']);
 * echo $snapshot['kind'], ' ', $snapshot['status'];
 * ```
 * ```text
 * chat %s
 * ```
 */
function status(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Waits for the end of a job. The daemon answers when it ends: nothing asks again and again.
 *
 * @param int<0, 60000> $ms How long to wait; the call may take this and the deadline together.
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md: of the job's end, or as it stands when the time is
 *     over or the daemon stops.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`; `busy` when 256 requests wait already.
 * @throws InvalidInput When `$ms` is out of its range.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * echo Platen\wait('blog', $receipt['job_id'], ms: 30_000)['status'];
 * ```
 * ```text
 * succeeded
 * ```
 */
function wait(string $site, string $job_id, int $ms, ?int $deadline_ms = null): array
{
}

/**
 * Gives results that the site was not told of yet, and acknowledges those of the last page.
 *
 * For sites that the daemon cannot call, and for times when its webhooks fail. An event has the same id whichever way
 * it comes, so that it has one effect.
 *
 * @param int<0, max> $since The `cursor` of the last page whose results are dealt with; 0 for none.
 * @param int<0, 100> $limit How many at most; 0 only acknowledges, and tells how the webhooks stand.
 * @param int<0, 60000> $wait_ms How long to wait when there is none; the call may take this and the deadline together.
 * @param positive-int|null $deadline_ms
 * @return array{results: list<array{id: string, event: array<string, mixed>}>, cursor: int, has_more: bool,
 *     webhooks: array{status: string, since: string|null, waiting: int, last_error: string|null}} An event is the body
 *     of the webhook of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `unknown_site`; `busy` when 256 requests wait already.
 * @throws InvalidInput When a number is out of its range.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * Platen\wait('blog', $receipt['job_id'], ms: 30_000);
 * $page = Platen\results('blog', limit: 1);
 * echo $page['results'][0]['event']['type'], "\n";
 * Platen\results('blog', since: $page['cursor'], limit: 0);
 * ```
 * ```text
 * job.succeeded
 * ```
 */
function results(
    string $site,
    int $since = 0,
    int $limit = 100,
    int $wait_ms = 0,
    ?int $deadline_ms = null
): array {
}

/**
 * Reads a part of an answer that was too long for a webhook.
 *
 * @param int<0, max> $offset Where the part begins, in bytes of the text: 0, or the `next_offset` of the part before.
 * @param positive-int|null $deadline_ms
 * @return array{job_id: string, text: string, offset: int, next_offset: int|null, total_bytes: int,
 *     finish_reason: string, model: string, provider: string} A part has at most 128 KiB.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found` also for a job without an answer; `invalid_request` for another offset.
 * @throws InvalidInput When the offset is out of its range.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * Platen\wait('blog', $receipt['job_id'], ms: 30_000);
 * $text = '';
 * do {
 *     $part = Platen\read_answer('blog', $receipt['job_id'], strlen($text));
 *     $text .= $part['text'];
 * } while ($part['next_offset'] !== null);
 * var_dump(strlen($text) === $part['total_bytes']);
 * ```
 * ```text
 * bool(true)
 * ```
 */
function read_answer(string $site, string $job_id, int $offset = 0, ?int $deadline_ms = null): array
{
}

/**
 * Ends a job.
 *
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`, `invalid_transition`
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * try {
 *     echo Platen\cancel('blog', $receipt['job_id'])['status'];
 * } catch (Platen\Exception\RequestRefused $late) {
 *     echo $late->errorCode; // invalid_transition: it had ended already
 * }
 * ```
 * ```text
 * %s
 * ```
 */
function cancel(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Replays a dead job.
 *
 * @param positive-int|null $deadline_ms
 * @return array<string, mixed> The job snapshot of docs/protocol.md.
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`, `invalid_transition`
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * try {
 *     Platen\retry('blog', '0193d2e0-0000-7000-8000-000000000000');
 * } catch (Platen\Exception\RequestRefused $no) {
 *     echo $no->errorCode;
 * }
 * ```
 * ```text
 * job_not_found
 * ```
 */
function retry(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Tells what happened to a job in the daemon, oldest first.
 *
 * @param positive-int|null $deadline_ms
 * @return array{job_id: string, request_id: string, hops: list<array{name: string, at: string, detail: mixed}>}
 * @throws DaemonUnavailable
 * @throws RequestRefused `job_not_found`, `unknown_site`
 * @throws InvalidInput When the deadline is out of its range, or `payload_too_large` when the names do not fit a frame.
 * @example
 * ```php
 * $receipt = Platen\submit('blog', $job);
 * foreach (Platen\trace('blog', $receipt['job_id'])['hops'] as $hop) {
 *     echo $hop['at'], ' ', $hop['name'], "\n";
 * }
 * ```
 * ```text
 * %a
 * ```
 */
function trace(string $site, string $job_id, ?int $deadline_ms = null): array
{
}

/**
 * Takes from a rate limit that all workers share.
 *
 * Decided in memory that all processes of the host share, in about 0.1 microseconds; a key that is not there yet, or a
 * host without that memory, is asked about over the socket. Exact either way: however many workers ask at once, no more
 * than `$limit` requests come through at once, and no more than one per `$window_ms / $limit` after that.
 *
 * @param non-empty-string $key What is limited, unique within the site; at most 191 bytes.
 * @param positive-int $limit How many requests the window allows.
 * @param positive-int $window_ms How long the window is, in milliseconds.
 * @param non-negative-int $cost How many requests this one counts for; 0 only looks.
 * @param positive-int|null $deadline_ms
 * @return array{is_allowed: bool, remaining: non-negative-int, retry_after_ms: non-negative-int}
 * @throws DaemonUnavailable
 * @throws RequestRefused
 * @throws InvalidInput When a number is out of its range, or the cost is more than the limit.
 * @example
 * ```php
 * for ($request = 1; $request <= 3; ++$request) {
 *     $decision = Platen\rate_limit('blog', 'example:' . getmypid(), limit: 2, window_ms: 60_000);
 *     echo $decision['is_allowed'] ? "{$decision['remaining']} left" : 'come back later', "\n";
 * }
 * ```
 * ```text
 * 1 left
 * 0 left
 * come back later
 * ```
 */
function rate_limit(
    string $site,
    string $key,
    int $limit,
    int $window_ms,
    int $cost = 1,
    ?int $deadline_ms = null
): array {
}

/**
 * Holds an amount of a budget before it is spent, so that many calls at once never spend more than there is.
 *
 * A key's budget is `$limit` in each calendar period (UTC). What is held counts as spent until {@see budget_settle()}
 * books the real amount, or until it expires. Durable: a restart forgets nothing.
 *
 * @param non-empty-string $key Whom the budget is for, unique within the site; at most 191 bytes.
 * @param non-negative-int $amount What to hold, at most `$limit`.
 * @param non-negative-int $limit The whole budget of a period.
 * @param 'hour'|'day'|'month' $period After which the whole budget is there again.
 * @param 'microusd'|'tokens' $unit What the amounts count: millionths of a US dollar, or tokens.
 * @param non-empty-string|null $reservation_id The same id never holds twice, so a call that was not answered may be
 *     repeated. Null makes one of 128 random bits.
 * @param positive-int $ttl_s After how many seconds the amount is free again if nobody settles it; at most 31 days.
 * @param positive-int|null $deadline_ms
 * @return array{
 *     is_allowed: bool,
 *     reservation_id: string,
 *     remaining: non-negative-int,
 *     retry_after_ms: non-negative-int,
 *     expires_at: string|null,
 *     is_duplicate: bool
 * } When not allowed, nothing is held, and `retry_after_ms` tells when there may be room.
 * @throws DaemonUnavailable
 * @throws RequestRefused `unknown_site`; `idempotency_conflict` when the id belongs to another reservation.
 * @throws InvalidInput
 * @example
 * ```php
 * $reservation = Platen\budget_reserve('blog', 'reserve:' . getmypid(), amount: 1_200, limit: 2_000);
 * echo $reservation['is_allowed'] ? 'held' : 'too much', ', ', $reservation['remaining'], ' left';
 * ```
 * ```text
 * held, 800 left
 * ```
 */
function budget_reserve(
    string $site,
    string $key,
    int $amount,
    int $limit,
    string $period = 'month',
    string $unit = 'microusd',
    ?string $reservation_id = null,
    int $ttl_s = 600,
    ?int $deadline_ms = null
): array {
}

/**
 * Books what a reservation really used, more or less than was held. Only the first time: another one changes nothing and
 * tells the amount of the first.
 *
 * @param non-empty-string $reservation_id
 * @param non-negative-int $amount
 * @param positive-int|null $deadline_ms
 * @return array{reservation_id: string, amount: non-negative-int, spent: non-negative-int, is_duplicate: bool} `spent`
 *     is what the key has spent in the period of the reservation, this included.
 * @throws DaemonUnavailable
 * @throws RequestRefused `reservation_not_found`
 * @throws InvalidInput
 * @example
 * ```php
 * $reservation = Platen\budget_reserve('blog', 'settle:' . getmypid(), amount: 1_200, limit: 2_000);
 * echo Platen\budget_settle('blog', $reservation['reservation_id'], amount: 950)['spent'];
 * ```
 * ```text
 * 950
 * ```
 */
function budget_settle(string $site, string $reservation_id, int $amount, ?int $deadline_ms = null): array
{
}
