<?php

/**
 * Reads what the clients wrote: php judge.php MOST_LOST SOCKET RESULTS …
 *
 * Ends with 1 and a sentence for each promise that was not kept.
 */

declare(strict_types=1);

$mostLost = (int) $argv[1];
$socket = $argv[2];
$answers = $lost = $workers = $jobs = [];
foreach (array_slice($argv, 3) as $file) {
    $before = count($answers);
    foreach (file($file, FILE_IGNORE_NEW_LINES) as $line) {
        $answer = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
        isset($answer['lost']) ? $lost[] = $answer['lost'] : $answers[] = $answer;
    }
    expect(count($answers) - $before > 10, basename($file) . ' has answers');
    expect(end($answers)['daemon'] === 'ok', 'the daemon is found again after all that happened to it: ' . end($answers)['daemon']);
}
foreach ($answers as $answer) {
    expect($answer['faults'] === [], 'every function works: ' . implode(', ', $answer['faults']));
    $known = in_array($answer['daemon'], ['ok', 'daemon_unavailable', 'deadline_exceeded', 'draining', 'store_unavailable'], true);
    expect($known, "a daemon that is away is a typed exception, not {$answer['daemon']}");
    $workers[$answer['pid']][] = $answer['descriptors'];
    if ($answer['job_id'] !== null) {
        $jobs[] = $answer['job_id'];
    }
}
expect(count($lost) <= $mostLost, count($lost) . ' requests were lost: ' . implode(', ', array_unique($lost)));
foreach ($workers as $pid => $descriptors) {
    // One more than at first: the daemon may have been away at first.
    expect(max($descriptors) <= $descriptors[0] + 1, "worker $pid opened ever more: " . implode(' ', $descriptors));
    expect(count($descriptors) <= 50, 'a worker serves no more than pm.max_requests');
}
expect(count($workers) >= 6, 'workers were replaced');
ini_set('platen.socket', $socket);
foreach ($jobs as $job) {
    try {
        Platen\status('life', $job, 20000);
    } catch (Platen\Exception\PlatenException $exception) {
        expect(false, "a job with a receipt is known to the daemon, not {$exception->errorCode}");
    }
}
expect(count($jobs) > 100, 'jobs were handed over');
printf("fpm: %d requests of %d workers, %d lost, %d jobs\n", count($answers), count($workers), count($lost), count($jobs));

function expect(bool $kept, string $promise): void
{
    if (!$kept) {
        fwrite(STDERR, "fpm: not kept: $promise\n");
        exit(1);
    }
}
