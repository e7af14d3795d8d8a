<?php
/**
 * What an action on a job came to.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

/**
 * The outcomes that the page of jobs reports after a redirect.
 *
 * @since 0.1.0
 */
enum JobNotice: string {

	case Retried      = 'retried';
	case HandedOver   = 'handed_over';
	case StillWaiting = 'still_waiting';
	case NotDead      = 'not_dead';
	case NotWaiting   = 'not_waiting';
	case Missing      = 'missing';
	case Failed       = 'failed';

	/**
	 * The argument of the address that carries the outcome.
	 */
	public const ARGUMENT = 'platen_notice';

	/**
	 * Prints the notice that the address names, if any.
	 *
	 * @since 0.1.0
	 */
	public static function print_current(): void {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Only which of our own sentences is shown depends on it.
		$word   = isset( $_GET[ self::ARGUMENT ] ) && is_string( $_GET[ self::ARGUMENT ] ) ? sanitize_key( wp_unslash( $_GET[ self::ARGUMENT ] ) ) : '';
		$notice = self::tryFrom( $word );
		if ( null !== $notice ) {
			wp_admin_notice(
				esc_html( $notice->text() ),
				array(
					'type'        => $notice->type(),
					'dismissible' => true,
				)
			);
		}
	}

	/**
	 * Says it in a sentence.
	 *
	 * @since 0.1.0
	 */
	public function text(): string {
		return match ( $this ) {
			self::Retried      => __( 'The job runs again.', 'platen' ),
			self::HandedOver   => __( 'The daemon has the job now.', 'platen' ),
			self::StillWaiting => __( 'The daemon cannot be reached. The job keeps waiting and is handed over as soon as the daemon answers.', 'platen' ),
			self::NotDead      => __( 'The job is not dead any more, so it was not retried.', 'platen' ),
			self::NotWaiting   => __( 'The job does not wait any more.', 'platen' ),
			self::Missing      => __( 'This site has no such job.', 'platen' ),
			self::Failed       => __( 'The job could not be changed. The daemon’s log has the details.', 'platen' ),
		};
	}

	/**
	 * Gives the kind of notice that WordPress shows.
	 */
	private function type(): string {
		return match ( $this ) {
			self::Retried, self::HandedOver => 'success',
			self::StillWaiting, self::NotDead, self::NotWaiting => 'warning',
			self::Missing, self::Failed => 'error',
		};
	}
}
