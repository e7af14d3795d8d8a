<?php
/**
 * What an admin can do with a job.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Exception\InvalidInput;
use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobService;
use Platen\WordPress\Jobs\Outbox;

/**
 * Takes the requests to retry a dead job and to hand waiting jobs over now. Every one is a POST with a nonce.
 *
 * @since 0.1.0
 */
final class JobActions implements Registrable {

	public const RETRY     = 'platen_retry_job';
	public const HAND_OVER = 'platen_hand_over';

	/**
	 * How many waiting jobs one request hands over at most: as many as fit easily into a page's time.
	 */
	private const HAND_OVER_LIMIT = 200;

	/**
	 * Takes what does the work.
	 *
	 * @since 0.1.0
	 *
	 * @param JobService $jobs   The jobs.
	 * @param Outbox     $outbox The waiting jobs.
	 */
	public function __construct( private readonly JobService $jobs, private readonly Outbox $outbox ) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		foreach ( array( self::RETRY, self::HAND_OVER ) as $action ) {
			add_action(
				'admin_post_' . $action,
				function () use ( $action ): void {
					$this->handle( $action );
				}
			);
		}
	}

	/**
	 * Does what was asked for and gives the outcome.
	 *
	 * @since 0.1.0
	 *
	 * @param string $action One of the constants of this class.
	 * @param JobId  $id     The job.
	 */
	public function run( string $action, JobId $id ): JobNotice {
		try {
			$job = $this->jobs->of_site( $id );

			return self::RETRY === $action ? $this->retry( $job ) : $this->hand_over( $job );
		} catch ( Failure $failure ) {
			return match ( $failure->error_code ) {
				'job_not_found'      => JobNotice::Missing,
				'invalid_transition' => JobNotice::NotDead,
				default              => JobNotice::Failed,
			};
		} catch ( StorageFailed ) {
			return JobNotice::Failed;
		}
	}

	/**
	 * Gives the actions for a job's line in the list.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 * @return array<string, string> HTML, ready to print.
	 */
	public static function row_links( Job $job ): array {
		$details = sprintf(
			'<a href="%s">%s</a>',
			esc_url( JobsPage::url( array( 'job' => $job->id->value ) ) ),
			esc_html__( 'Details', 'platen' )
		);

		return array( 'details' => $details ) + self::forms( $job, 'button-link' );
	}

	/**
	 * Gives the actions that are possible with a job now.
	 *
	 * @since 0.1.0
	 *
	 * @param Job    $job          The job.
	 * @param string $button_class How the button looks.
	 * @return array<string, string> HTML, ready to print.
	 */
	public static function forms( Job $job, string $button_class ): array {
		if ( JobStatus::Dead === $job->status ) {
			return array( 'retry' => self::form( self::RETRY, $job, __( 'Retry', 'platen' ), $button_class ) );
		}
		if ( JobColumns::is_waiting( $job ) ) {
			return array( 'hand-over' => self::form( self::HAND_OVER, $job, __( 'Hand over now', 'platen' ), $button_class ) );
		}

		return array();
	}

	/**
	 * Checks a request, runs it and goes back to where it came from.
	 *
	 * @param string $action One of the constants of this class.
	 */
	private function handle( string $action ): void {
		$job_id = isset( $_POST['job'] ) && is_string( $_POST['job'] ) ? sanitize_text_field( wp_unslash( $_POST['job'] ) ) : '';
		check_admin_referer( $action . '_' . $job_id );
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You are not allowed to change jobs.', 'platen' ), '', array( 'response' => 403 ) );
		}

		try {
			$notice = $this->run( $action, JobId::fromString( $job_id ) );
		} catch ( InvalidInput ) {
			$notice = JobNotice::Missing;
		}

		$back = wp_get_referer();
		wp_safe_redirect( add_query_arg( JobNotice::ARGUMENT, $notice->value, false === $back ? JobsPage::url() : $back ) );
		exit;
	}

	/**
	 * Starts a dead job again.
	 *
	 * @param Job $job The job.
	 * @throws Failure If it is not dead.
	 * @throws StorageFailed If the database refuses.
	 */
	private function retry( Job $job ): JobNotice {
		$job = $this->jobs->retry( $job );

		return match ( true ) {
			JobStatus::Dead === $job->status  => JobNotice::Failed,
			JobColumns::is_waiting( $job )    => JobNotice::StillWaiting,
			default                           => JobNotice::Retried,
		};
	}

	/**
	 * Hands the waiting jobs over, this one among them.
	 *
	 * @param Job $job The job.
	 * @throws Failure If it is gone meanwhile.
	 * @throws StorageFailed If the database refuses.
	 */
	private function hand_over( Job $job ): JobNotice {
		if ( ! JobColumns::is_waiting( $job ) ) {
			return JobNotice::NotWaiting;
		}
		$this->outbox->flush_all( self::HAND_OVER_LIMIT );
		$job = $this->jobs->of_site( $job->id );

		return match ( true ) {
			JobStatus::Dead === $job->status => JobNotice::Failed,
			JobColumns::is_waiting( $job )   => JobNotice::StillWaiting,
			default                          => JobNotice::HandedOver,
		};
	}

	/**
	 * Writes the form of one action.
	 *
	 * @param string $action       One of the constants of this class.
	 * @param Job    $job          The job.
	 * @param string $label        What the button says.
	 * @param string $button_class How it looks.
	 */
	private static function form( string $action, Job $job, string $label, string $button_class ): string {
		return sprintf(
			'<form method="post" action="%s"><input type="hidden" name="action" value="%s"><input type="hidden" name="job" value="%s">%s<button type="submit" class="%s">%s</button></form>',
			esc_url( admin_url( 'admin-post.php' ) ),
			esc_attr( $action ),
			esc_attr( $job->id->value ),
			wp_nonce_field( $action . '_' . $job->id->value, '_wpnonce', true, false ),
			esc_attr( $button_class ),
			esc_html( $label )
		);
	}
}
