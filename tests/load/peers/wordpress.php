<?php

/**
 * Measures what WordPress has for the work of the cache and the hand-off, over MariaDB:
 * wordpress.php --json MARIADB_SOCKET URL [install]
 *
 * With `install` it makes the database and the site's tables, from the command line. The figures are taken in a worker of
 * PHP-FPM and printed as JSON.
 */

declare(strict_types=1);

require __DIR__ . '/rows.php';
require __DIR__ . '/action-scheduler.php';

const ENTRIES = 10_000;

[, , $socket, $url] = $argv;
$isInstall = ($argv[4] ?? '') === 'install';
if ($isInstall) {
    $database = new mysqli('localhost', 'root', '', '', 0, $socket);
    $database->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
    define('WP_INSTALLING', true);
}
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', "localhost:$socket");
define('DB_CHARSET', 'utf8mb4');
define('DISABLE_WP_CRON', true);
define('ABSPATH', dirname(__DIR__, 3) . '/target/wordpress-dist/latest/wordpress/');
$_SERVER += ['HTTP_HOST' => 'localhost', 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
$table_prefix = 'wp_';
require ABSPATH . 'wp-settings.php';

if ($isInstall) {
    require ABSPATH . 'wp-admin/includes/upgrade.php';
    add_filter('pre_wp_mail', '__return_true');
    wp_install('Bench', 'admin', 'admin@example.org', false, '', 'a password for the bench');
    create_tables($wpdb);
    echo "{}\n";
    exit(0);
}

$number = 0;
$post = static function (bool $isBlocking) use ($url, &$number): void {
    $answer = wp_remote_post($url, ['blocking' => $isBlocking, 'body' => job_of_2_kb(++$number)]);
    if (is_wp_error($answer)) {
        throw new RuntimeException($answer->get_error_message());
    }
};
$results = [
    'wp_remote_post() 2 KB to a server that answers at once' => peer('submit of 2 KB, durable', 400, static fn () => $post(true)),
    'wp_remote_post(), `blocking` off' => peer('submit of 2 KB, no reply', 400, static fn () => $post(false)),
    '$wpdb->insert() 2 KB, one table' => peer('submit of 2 KB, durable', 400, static function () use (&$number): void {
        global $wpdb;
        $wpdb->insert('bench_jobs', ['job' => job_of_2_kb(++$number)]) ?: throw new RuntimeException($wpdb->last_error);
    }),
    'like Action Scheduler: an action and its log' => peer('submit of 2 KB, durable', 400, static function () use (&$number): void {
        enqueue_action($GLOBALS['wpdb'], job_of_2_kb(++$number));
    }),
    'like Action Scheduler: the same and its claim' => peer('submit of 2 KB, durable', 400, static function () use (&$number): void {
        claim_action($GLOBALS['wpdb'], enqueue_action($GLOBALS['wpdb'], job_of_2_kb(++$number)));
    }),
];

fill_transients($wpdb);
$next = 0;
$results['get_transient() 4 KB among 10,000'] = peer('cache hit 4 KB', 1000, static function () use (&$next): void {
    $next = ($next + 7919) % ENTRIES;
    // Each page begins without what the one before has read.
    wp_cache_flush();
    strlen((string) get_transient("platen_$next")) === 4096 || throw new RuntimeException('a transient is missing');
});
echo json_encode($results, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";

/** The tables of Action Scheduler, and one without anything. */
function create_tables(wpdb $wpdb): void
{
    $wpdb->query('CREATE TABLE bench_jobs (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, job text NOT NULL)');
    array_map([$wpdb, 'query'], action_scheduler_tables($wpdb->prefix));
}

/** The two statements of as_enqueue_async_action(). */
function enqueue_action(wpdb $wpdb, string $args): int
{
    $now = gmdate('Y-m-d H:i:s');
    $wpdb->insert("{$wpdb->prefix}actionscheduler_actions", action_of($args, $now)) ?: throw new RuntimeException($wpdb->last_error);
    $id = $wpdb->insert_id;
    $log = ['action_id' => $id, 'message' => 'action created', 'log_date_gmt' => $now, 'log_date_local' => $now];
    $wpdb->insert("{$wpdb->prefix}actionscheduler_logs", $log) ?: throw new RuntimeException($wpdb->last_error);

    return $id;
}

/** What the queue runner does before it runs one action. */
function claim_action(wpdb $wpdb, int $id): void
{
    $wpdb->insert("{$wpdb->prefix}actionscheduler_claims", ['date_created_gmt' => gmdate('Y-m-d H:i:s')]);
    $claim = ['claim_id' => $wpdb->insert_id];
    $wpdb->update("{$wpdb->prefix}actionscheduler_actions", $claim, ['action_id' => $id, 'claim_id' => 0])
        ?: throw new RuntimeException('the action was not claimed');
}

/** As set_transient() would write them, many in one statement. */
function fill_transients(wpdb $wpdb): void
{
    $end = time() + 3600;
    foreach (array_chunk(range(0, ENTRIES - 1), 500) as $some) {
        $rows = [];
        foreach ($some as $number) {
            $rows[] = $wpdb->prepare('(%s, %s, %s)', "_transient_platen_$number", answer_of_4_kb($number), 'off');
            $rows[] = $wpdb->prepare('(%s, %s, %s)', "_transient_timeout_platen_$number", (string) $end, 'off');
        }
        $columns = 'option_name, option_value, autoload';
        $wpdb->query("INSERT INTO {$wpdb->options} ($columns) VALUES " . implode(', ', $rows));
    }
}
