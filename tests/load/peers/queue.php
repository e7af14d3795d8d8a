<?php

/**
 * A queue like Action Scheduler's in MariaDB: queue.php --json MARIADB_SOCKET PROCESSES JOBS
 *
 * So many processes insert actions with their logs, each statement committed by itself, as WordPress does it; then as
 * many claim them in batches and complete them one by one. Prints the actions per second of both.
 */

declare(strict_types=1);

require __DIR__ . '/action-scheduler.php';

/** What a runner of Action Scheduler claims at once. */
const CLAIMED = 25;
const DEADLOCK = 1213;
const MAX_TRIES = 1000;
/** A job as those of the daemon's load, in bytes of JSON. */
const JOB_BYTES = 420;

[, , $socket, $processes, $jobs] = $argv;
[$processes, $jobs] = [(int) $processes, (int) $jobs];
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

$database = connect($socket, '');
$database->query('CREATE DATABASE IF NOT EXISTS queue CHARACTER SET utf8mb4');
$database->select_db('queue');
foreach (['actions', 'logs', 'claims'] as $table) {
    $database->query("DROP TABLE IF EXISTS actionscheduler_$table");
}
array_map([$database, 'query'], action_scheduler_tables(''));
$database->close();

$share = intdiv($jobs, $processes);
$inserted = in_parallel($processes, static function (int $process) use ($socket, $share): void {
    insert(connect($socket, 'queue'), $share, $process);
});
$done = in_parallel($processes, static function () use ($socket): void {
    work(connect($socket, 'queue'));
});
echo json_encode(['inserted' => $share * $processes / $inserted, 'done' => $share * $processes / $done]), "\n";

function connect(string $socket, string $database): mysqli
{
    return new mysqli('localhost', 'root', '', $database, 0, $socket);
}

/** Runs the work in so many processes; gives the seconds until the last one ended. */
function in_parallel(int $processes, Closure $work): float
{
    $began = hrtime(true);
    for ($process = 0; $process < $processes; ++$process) {
        $pid = pcntl_fork();
        if ($pid === 0) {
            $work($process);
            // Without the destructors of what the parent still uses.
            posix_kill(getmypid(), SIGKILL);
        }
        $pid > 0 || exit("queue: no process could be started\n");
    }
    for ($process = 0; $process < $processes; ++$process) {
        pcntl_wait($status);
        pcntl_wifexited($status) && exit("queue: a process failed\n");
    }

    return (hrtime(true) - $began) / 1e9;
}

/** as_enqueue_async_action(): an action, and a log that it was made. */
function insert(mysqli $database, int $count, int $process): void
{
    $columns = array_keys(action_of('', ''));
    $marks = implode(', ', array_fill(0, count($columns), '?'));
    $names = implode(', ', $columns);
    $action = $database->prepare("INSERT INTO actionscheduler_actions ($names) VALUES ($marks)");
    $log = $database->prepare(
        'INSERT INTO actionscheduler_logs (action_id, message, log_date_gmt, log_date_local) VALUES (?, ?, ?, ?)'
    );
    for ($number = 0; $number < $count; ++$number) {
        $now = gmdate('Y-m-d H:i:s');
        $action->execute(array_values(action_of(str_pad("$process-$number ", JOB_BYTES, 'opening hours '), $now)));
        $log->execute([$database->insert_id, 'action created', $now, $now]);
    }
}

/** The runner: claims a batch, then marks each action as begun and as complete, with their logs. */
function work(mysqli $database): void
{
    $begin = $database->prepare(
        "UPDATE actionscheduler_actions SET attempts = attempts + 1, status = 'in-progress' WHERE action_id = ?"
    );
    $end = $database->prepare("UPDATE actionscheduler_actions SET status = 'complete' WHERE action_id = ?");
    $log = $database->prepare('INSERT INTO actionscheduler_logs (action_id, message) VALUES (?, ?)');
    while (($claim = claim($database)) !== []) {
        foreach ($claim as [$action]) {
            $log->execute([$action, 'action started']);
            patiently(static fn () => $begin->execute([$action]));
            patiently(static fn () => $end->execute([$action]));
            $log->execute([$action, 'action complete']);
        }
    }
}

/** @return list<array{int}> */
function claim(mysqli $database): array
{
    $database->query('INSERT INTO actionscheduler_claims (date_created_gmt) VALUES (UTC_TIMESTAMP())');
    $claim = $database->insert_id;
    patiently(static fn () => $database->query(
        "UPDATE actionscheduler_actions SET claim_id = $claim WHERE claim_id = 0 AND status = 'pending' "
        . 'AND scheduled_date_gmt <= UTC_TIMESTAMP() ORDER BY priority, attempts, scheduled_date_gmt, action_id '
        . 'LIMIT ' . CLAIMED
    ));

    return $database->query("SELECT action_id FROM actionscheduler_actions WHERE claim_id = $claim")->fetch_all();
}

/** The runners' statements meet in deadlocks; MariaDB gives up one of them, which is then tried again. */
function patiently(Closure $statement): void
{
    for ($tries = 0; ; ++$tries) {
        try {
            $statement();

            return;
        } catch (mysqli_sql_exception $exception) {
            ($exception->getCode() === DEADLOCK && $tries < MAX_TRIES) || throw $exception;
        }
    }
}
