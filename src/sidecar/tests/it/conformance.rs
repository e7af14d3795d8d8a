//! The promises of the store traits, each a case that every store has to keep.
//!
//! A store joins with one line: `conformance::suite!(name, open)`, where `open` gives a [`Fixture`] on an empty
//! database.

mod dead;
mod deliveries;
mod lives;
mod order;
mod results;
mod retention;
mod shared;
mod sites;
mod submissions;
mod workflows;

mod fixture;
mod model;

pub(crate) use fixture::Fixture;

/// Makes a module with a test per case.
macro_rules! suite {
    ($name:ident, $open:path) => {
        mod $name {
            $crate::conformance::cases!($open);
        }
    };
}

macro_rules! cases {
    ($open:path) => {
        $crate::conformance::case!(
            $open,
            submissions,
            [
                what_was_submitted_is_what_is_leased,
                the_same_key_gives_the_same_job,
                the_same_key_with_other_work_is_a_conflict,
                the_same_id_with_another_key_is_the_same_job_only_for_the_same_work,
                the_same_input_of_the_same_user_gives_the_running_job,
                the_same_input_counts_within_the_window_and_while_the_job_lives,
                a_batch_is_kept_as_a_whole_and_answered_in_order,
                a_job_that_cannot_be_kept_takes_no_other_with_it,
                another_site_s_job_is_not_found,
            ]
        );
        $crate::conformance::case!(
            $open,
            lives,
            [
                a_leased_step_is_not_leased_twice,
                a_worker_without_its_lease_changes_nothing,
                a_renewed_lease_does_not_expire,
                text_survives_the_attempt_that_received_it,
                usage_is_the_sum_of_all_attempts_and_a_replay_begins_a_new_life,
                only_a_dead_job_is_replayed_and_only_a_living_one_cancelled,
                crashes_are_counted_and_too_many_are_poison,
                a_step_that_was_given_back_has_no_blame,
                a_step_that_was_postponed_waits_without_blame,
                only_the_work_of_the_owner_is_taken_over,
                a_queued_job_dies_at_its_deadline,
                a_replay_has_the_whole_deadline_again,
                a_job_that_is_not_due_waits,
            ]
        );
        $crate::conformance::case!(
            $open,
            order,
            [
                the_first_of_one_user_comes_first,
                a_user_with_many_jobs_delays_another_by_one,
                a_site_with_many_jobs_delays_another_by_one,
                work_that_was_interrupted_goes_before_new_work,
                the_policy_sees_what_waits_and_what_runs,
            ]
        );
        $crate::conformance::case!(
            $open,
            dead,
            [
                dead_letters_are_found_by_cause_time_and_site,
                attempts_keep_their_errors,
                replay_takes_what_the_filter_means,
                drop_spares_what_is_still_to_be_told,
            ]
        );
        $crate::conformance::case!(
            $open,
            retention,
            [
                a_sweep_takes_what_is_old_and_settled_only,
                a_purge_takes_the_content_and_leaves_the_figures,
                a_dead_job_without_its_content_is_not_replayed,
                an_erasure_takes_one_subject_only,
                an_erasure_takes_the_budgets_of_the_subject,
                a_probe_writes_and_leaves_nothing_that_stays,
                a_token_is_used_once,
                results_of_a_site_without_webhooks_go_with_their_jobs,
            ]
        );
        $crate::conformance::case!(
            $open,
            deliveries,
            [
                deliveries_are_fair_between_sites_and_told_once,
                each_end_has_an_event_of_its_own,
                a_conversation_is_told_in_its_order_and_holds_no_other_up,
                a_site_that_is_gone_gets_nothing_until_it_is_turned_on,
                every_try_is_kept,
                a_replay_tells_the_same_event_again,
            ]
        );
        $crate::conformance::case!(
            $open,
            results,
            [
                a_page_is_acknowledged_by_its_cursor_and_not_before,
                a_page_that_was_lost_comes_again,
                what_a_webhook_delivered_is_on_no_page,
                what_was_given_up_can_still_be_asked_for,
                a_cursor_that_was_never_handed_out_acknowledges_nothing,
                a_page_holds_what_fits,
            ]
        );
        $crate::conformance::case!($open, sites, [several_webhook_secrets_are_in_force_at_the_same_time]);
        $crate::conformance::case!(
            $open,
            workflows,
            [
                a_workflow_runs_step_by_step,
                a_crash_at_every_step_boundary_repeats_at_most_the_running_step,
                a_step_that_is_given_up_ends_the_job_and_its_branches,
                a_replay_keeps_what_succeeded,
                a_purge_takes_the_answer_of_a_workflow,
                a_cancelled_workflow_runs_its_compensations_first,
            ]
        );
        $crate::conformance::case!($open, model, [random_lives_follow_the_model]);
    };
}
pub(crate) use cases;

macro_rules! case {
    ($open:path, $group:ident, [$($case:ident),* $(,)?]) => {
        mod $group {
            $(
                #[tokio::test]
                async fn $case() {
                    $crate::conformance::$group::$case($open().await).await;
                }
            )*
        }
    };
}
pub(crate) use case;

suite!(sqlite, crate::conformance::fixture::sqlite);
suite!(postgres, crate::conformance::fixture::postgres);
