<?php
/**
 * The words of one job in wp-admin.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Job\JobStatus;
use Platen\WordPress\Jobs\Job;

/**
 * Turns a job's values into short texts for people.
 *
 * @since 0.1.0
 */
final class JobColumns {

	/**
	 * Stands for a value that is not there (yet).
	 */
	public const NONE = '—';

	/**
	 * Says where a job stands. A job that the daemon does not have yet waits.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	public static function status( Job $job ): string {
		return self::is_waiting( $job ) ? __( 'Waiting for the daemon', 'platen' ) : self::status_word( $job->status );
	}

	/**
	 * Says a status in words.
	 *
	 * @since 0.1.0
	 *
	 * @param JobStatus $status The status.
	 */
	public static function status_word( JobStatus $status ): string {
		return match ( $status ) {
			JobStatus::Queued    => __( 'Queued', 'platen' ),
			JobStatus::Running   => __( 'Running', 'platen' ),
			JobStatus::Succeeded => __( 'Succeeded', 'platen' ),
			JobStatus::Dead      => __( 'Dead', 'platen' ),
			JobStatus::Cancelled => __( 'Cancelled', 'platen' ),
		};
	}

	/**
	 * Tells whether a job is still in the outbox.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	public static function is_waiting( Job $job ): bool {
		return JobStatus::Queued === $job->status && null !== $job->next_handoff_at;
	}

	/**
	 * Gives the badge of a job's status, ready to print.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	public static function badge( Job $job ): string {
		return sprintf(
			'<span class="platen-badge platen-badge--%s">%s</span>',
			esc_attr( self::is_waiting( $job ) ? 'waiting' : $job->status->value ),
			esc_html( self::status( $job ) )
		);
	}

	/**
	 * Names whose job it is.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	public static function user( Job $job ): string {
		if ( $job->owner->is_anonymous() ) {
			return __( 'Visitor', 'platen' );
		}
		$user = get_userdata( $job->owner->user_id );

		/* translators: %d: A user id. */
		return false === $user ? sprintf( __( 'Deleted user %d', 'platen' ), $job->owner->user_id ) : $user->display_name;
	}

	/**
	 * Names the model that answered, or else the one that was asked for.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	public static function model( Job $job ): string {
		return $job->answer->model ?? $job->model;
	}

	/**
	 * Gives the price.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	public static function cost( Job $job ): string {
		return null === $job->usage || null === $job->usage->cost_microusd ? self::NONE : self::dollars( $job->usage->cost_microusd );
	}

	/**
	 * Writes an amount: two digits of a cent for whole answers, six below a hundredth of a dollar.
	 *
	 * @since 0.1.0
	 *
	 * @param int $microusd Millionths of a US dollar.
	 */
	public static function dollars( int $microusd ): string {
		$digits = match ( true ) {
			0 === $microusd       => 2,
			$microusd < 10_000    => 6,
			$microusd < 1_000_000 => 4,
			default               => 2,
		};

		return '$' . number_format_i18n( $microusd / 1_000_000, $digits );
	}

	/**
	 * Gives the time from the question to the end, or to now.
	 *
	 * @since 0.1.0
	 *
	 * @param Job                $job The job.
	 * @param \DateTimeImmutable $now The present.
	 */
	public static function duration( Job $job, \DateTimeImmutable $now ): string {
		if ( $job->status->isFinal() && null === $job->finished_at ) {
			return self::NONE;
		}

		return self::seconds( (float) ( $job->finished_at ?? $now )->format( 'U.u' ) - (float) $job->created_at->format( 'U.u' ) );
	}

	/**
	 * Writes a span of time.
	 *
	 * @since 0.1.0
	 *
	 * @param float $seconds Its length.
	 */
	public static function seconds( float $seconds ): string {
		$seconds = max( 0.0, $seconds );
		if ( $seconds < 1 ) {
			/* translators: %s: A number of milliseconds. */
			return sprintf( __( '%s ms', 'platen' ), number_format_i18n( $seconds * 1000 ) );
		}
		if ( $seconds < 60 ) {
			/* translators: %s: A number of seconds. */
			return sprintf( __( '%s s', 'platen' ), number_format_i18n( $seconds, 1 ) );
		}
		if ( $seconds < HOUR_IN_SECONDS ) {
			/* translators: 1: Minutes. 2: Seconds. */
			return sprintf( __( '%1$d min %2$d s', 'platen' ), intdiv( (int) $seconds, 60 ), (int) $seconds % 60 );
		}

		/* translators: 1: Hours. 2: Minutes. */
		return sprintf( __( '%1$d h %2$d min', 'platen' ), intdiv( (int) $seconds, HOUR_IN_SECONDS ), intdiv( (int) $seconds % HOUR_IN_SECONDS, 60 ) );
	}

	/**
	 * Writes a moment in the site's time zone and form.
	 *
	 * @since 0.1.0
	 *
	 * @param \DateTimeImmutable $time The moment.
	 */
	public static function moment( \DateTimeImmutable $time ): string {
		$form = get_option( 'date_format' ) . ' ' . get_option( 'time_format' );

		return (string) wp_date( $form, $time->getTimestamp() );
	}
}
