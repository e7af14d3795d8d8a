<?php
/**
 * What is known about one job.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\Usage;

/**
 * Gives the facts of the details view, by label. Question and answer are not among them.
 *
 * @since 0.1.0
 */
final class JobFacts {

	/**
	 * Gives the facts.
	 *
	 * @since 0.1.0
	 *
	 * @param Job                $job The job.
	 * @param \DateTimeImmutable $now The present.
	 * @return array<string, string>
	 */
	public static function of( Job $job, \DateTimeImmutable $now ): array {
		return array(
			__( 'Asked', 'platen' )        => JobColumns::moment( $job->created_at ),
			__( 'By', 'platen' )           => JobColumns::user( $job ),
			__( 'Duration', 'platen' )     => JobColumns::duration( $job, $now ),
			__( 'Attempts', 'platen' )     => number_format_i18n( $job->attempt ),
			__( 'Model', 'platen' )        => JobColumns::model( $job ),
			__( 'Provider', 'platen' )     => $job->answer->provider ?? JobColumns::NONE,
			__( 'Finished by', 'platen' )  => $job->answer->finish_reason ?? JobColumns::NONE,
			__( 'Tokens in', 'platen' )    => null === $job->usage ? JobColumns::NONE : self::input( $job->usage ),
			__( 'Tokens out', 'platen' )   => null === $job->usage ? JobColumns::NONE : self::output( $job->usage ),
			__( 'Cost', 'platen' )         => JobColumns::cost( $job ),
			__( 'Job id', 'platen' )       => $job->id->value,
			__( 'Request id', 'platen' )   => $job->request_id,
			__( 'Conversation', 'platen' ) => $job->conversation_id,
		);
	}

	/**
	 * Writes the tokens of the prompt.
	 *
	 * @param Usage $usage What the job used.
	 */
	private static function input( Usage $usage ): string {
		$tokens = self::count( $usage->input_tokens, $usage->is_estimate );

		return 0 === $usage->cached_input_tokens
			? $tokens
			/* translators: 1: A number of tokens. 2: How many of them came from the provider's cache. */
			: sprintf( __( '%1$s (%2$s from the cache)', 'platen' ), $tokens, number_format_i18n( $usage->cached_input_tokens ) );
	}

	/**
	 * Writes the tokens of the answer.
	 *
	 * @param Usage $usage What the job used.
	 */
	private static function output( Usage $usage ): string {
		$tokens = self::count( $usage->output_tokens, $usage->is_estimate );

		return 0 === $usage->reasoning_tokens
			? $tokens
			/* translators: 1: A number of tokens. 2: How many of them were spent on reasoning. */
			: sprintf( __( '%1$s (%2$s for reasoning)', 'platen' ), $tokens, number_format_i18n( $usage->reasoning_tokens ) );
	}

	/**
	 * Writes a number of tokens, marked when it is an estimate.
	 *
	 * @param int  $tokens      The number.
	 * @param bool $is_estimate Whether the daemon counted, because the provider did not.
	 */
	private static function count( int $tokens, bool $is_estimate ): string {
		return ( $is_estimate ? '≈ ' : '' ) . number_format_i18n( $tokens );
	}
}
