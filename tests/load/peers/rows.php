<?php

/**
 * How the peers written in PHP are measured: the median of single calls, in microseconds.
 */

declare(strict_types=1);

const WARM_UP = 20;

/**
 * @param string $beside Our row, or the beginning of its name.
 * @return array{value: float, bar: null, unit: string, better: string, beside: string}
 */
function peer(string $beside, int $calls, callable $call): array
{
    $times = [];
    for ($i = -WARM_UP; $i < $calls; ++$i) {
        $start = hrtime(true);
        $call();
        if ($i >= 0) {
            $times[] = (hrtime(true) - $start) / 1000;
        }
    }
    sort($times);
    $median = round($times[intdiv($calls, 2)], 2);

    return ['value' => $median, 'bar' => null, 'unit' => 'us', 'better' => 'lower', 'beside' => $beside];
}

/** What a site would hand over: a job of 2 KB as JSON. */
function job_of_2_kb(int $number): string
{
    $job = ['id' => sprintf('0193d2e0-0000-7000-8000-%012d', $number), 'kind' => 'chat', 'text' => ''];
    $job['text'] = str_repeat('Do you sell roses? ', 120);
    $job['text'] = substr($job['text'], 0, 2048 + strlen($job['text']) - strlen((string) json_encode($job)));

    return (string) json_encode($job);
}

/** An answer of 4 KB, as the cache keeps it. */
function answer_of_4_kb(int $number): string
{
    return substr(str_repeat("Answer $number. We have roses in five colours. ", 120), 0, 4096);
}
