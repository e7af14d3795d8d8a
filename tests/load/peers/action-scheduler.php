<?php

declare(strict_types=1);

/**
 * The tables of Action Scheduler 3.
 *
 * @return list<string>
 */
function action_scheduler_tables(string $prefix): array
{
    return [
        "CREATE TABLE {$prefix}actionscheduler_actions (
            action_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
            hook varchar(191) NOT NULL, status varchar(20) NOT NULL,
            scheduled_date_gmt datetime, scheduled_date_local datetime,
            priority tinyint unsigned NOT NULL DEFAULT 10, args varchar(191), schedule longtext,
            group_id bigint unsigned NOT NULL DEFAULT 0, attempts int NOT NULL DEFAULT 0,
            last_attempt_gmt datetime, last_attempt_local datetime,
            claim_id bigint unsigned NOT NULL DEFAULT 0, extended_args varchar(8000),
            KEY hook_status_scheduled_date_gmt (hook(163), status, scheduled_date_gmt),
            KEY status_scheduled_date_gmt (status, scheduled_date_gmt), KEY scheduled_date_gmt (scheduled_date_gmt),
            KEY args (args), KEY group_id (group_id), KEY last_attempt_gmt (last_attempt_gmt),
            KEY claim_id_status_priority (claim_id, status, priority, scheduled_date_gmt)
        )",
        "CREATE TABLE {$prefix}actionscheduler_logs (
            log_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
            action_id bigint unsigned NOT NULL, message text NOT NULL, log_date_gmt datetime, log_date_local datetime,
            KEY action_id (action_id), KEY log_date_gmt (log_date_gmt)
        )",
        "CREATE TABLE {$prefix}actionscheduler_claims (
            claim_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, date_created_gmt datetime,
            KEY date_created_gmt (date_created_gmt)
        )",
    ];
}

/**
 * The row of an action that is due at once.
 *
 * @return array<string, string>
 */
function action_of(string $args, string $now): array
{
    return [
        'hook' => 'platen_job', 'status' => 'pending', 'scheduled_date_gmt' => $now, 'scheduled_date_local' => $now,
        'schedule' => 'O:28:"ActionScheduler_NullSchedule":0:{}', 'args' => md5($args), 'extended_args' => $args,
    ];
}
