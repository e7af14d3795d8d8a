<?php
/**
 * The command `wp ai:stats`.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Cli;

use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Jobs\JobStatistics;
use Platen\WordPress\Jobs\UserUsage;
use WP_CLI;
use WP_CLI\Formatter;

/**
 * Sums up what each user has asked and what it cost.
 *
 * @since 0.1.0
 */
final class StatsCommand {

	private const FIELDS = array( 'user_id', 'user', 'requests', 'input_tokens', 'output_tokens', 'cost_usd' );

	/**
	 * Takes the sums.
	 *
	 * @since 0.1.0
	 *
	 * @param JobStatistics $statistics The sums.
	 * @param Clock         $clock      The present.
	 */
	public function __construct( private readonly JobStatistics $statistics, private readonly Clock $clock ) {
	}

	/**
	 * Shows requests, tokens and cost of each user, the most requests first.
	 *
	 * User 0 stands for all visitors without an account together. The cost is in US dollars, of the answers of models
	 * whose price the daemon knows. WP-CLI's own option --user shows that user only.
	 *
	 * ## OPTIONS
	 *
	 * [--since=<date>]
	 * : Only what was asked since then: a date, or a span such as "-7 days", in the site's time zone.
	 *
	 * [--fields=<fields>]
	 * : Which fields to show, separated by commas.
	 *
	 * [--format=<format>]
	 * : How to write it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     # What did the last week cost?
	 *     $ wp ai:stats --since="-7 days"
	 *     +---------+-------+----------+--------------+---------------+----------+
	 *     | user_id | user  | requests | input_tokens | output_tokens | cost_usd |
	 *     +---------+-------+----------+--------------+---------------+----------+
	 *     | 1       | admin | 12       | 3408         | 2210          | 0.001837 |
	 *     +---------+-------+----------+--------------+---------------+----------+
	 *
	 *     # One user, for a script.
	 *     $ wp ai:stats --user=admin --format=json
	 *
	 * @param list<string>          $args       Nothing.
	 * @param array<string, string> $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		$since = Input::moment( $assoc_args, 'since', $this->clock->now() );
		$usage = $this->statistics->usage_by_user( $since );

		// --user is an option of WP-CLI itself: it is taken out before the command sees its options.
		$only  = WP_CLI::get_config( 'user' );
		$usage = null === $only || '' === $only ? $usage : self::of_user( $usage, get_current_user_id() );

		$formatter = new Formatter( $assoc_args, self::FIELDS );
		$formatter->display_items( array_map( array( self::class, 'item' ), $usage ) );
	}

	/**
	 * Keeps one user.
	 *
	 * @param list<UserUsage> $usage   All users.
	 * @param int             $user_id The user.
	 * @return list<UserUsage>
	 */
	private static function of_user( array $usage, int $user_id ): array {
		return array_values( array_filter( $usage, static fn ( UserUsage $user ): bool => $user->user_id === $user_id ) );
	}

	/**
	 * Gives the fields of one user.
	 *
	 * @param UserUsage $usage What the user has used.
	 * @return array<string, string|int|null>
	 */
	private static function item( UserUsage $usage ): array {
		$user = 0 === $usage->user_id ? false : get_userdata( $usage->user_id );

		return array(
			'user_id'       => $usage->user_id,
			'user'          => match ( true ) {
				0 === $usage->user_id => __( '(visitors)', 'platen' ),
				false === $user       => __( '(deleted)', 'platen' ),
				default               => $user->user_login,
			},
			'requests'      => $usage->requests,
			'input_tokens'  => $usage->input_tokens,
			'output_tokens' => $usage->output_tokens,
			'cost_usd'      => JobItem::dollars( $usage->cost_microusd ),
		);
	}
}
