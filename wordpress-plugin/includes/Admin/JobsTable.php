<?php
/**
 * The list of jobs.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Job\JobStatus;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobRepository;

/**
 * Shows one page of jobs, newest first, of all or of one status.
 *
 * @since 0.1.0
 */
final class JobsTable extends \WP_List_Table {

	/**
	 * Takes what the list shows.
	 *
	 * @since 0.1.0
	 *
	 * @param JobRepository      $jobs   The jobs.
	 * @param JobStatus|null     $status Only these; null for all.
	 * @param \DateTimeImmutable $now    The present.
	 */
	public function __construct(
		private readonly JobRepository $jobs,
		private readonly ?JobStatus $status,
		private readonly \DateTimeImmutable $now
	) {
		parent::__construct(
			array(
				'singular' => 'job',
				'plural'   => 'jobs',
				'ajax'     => false,
			)
		);
	}

	/**
	 * {@inheritDoc}
	 */
	public function prepare_items(): void {
		$per_page    = $this->get_items_per_page( JobsPage::PER_PAGE_OPTION, JobsPage::DEFAULT_PER_PAGE );
		$page        = $this->jobs->page( $this->status, $this->get_pagenum(), $per_page );
		$this->items = $page->jobs;

		$this->set_pagination_args(
			array(
				'total_items' => $page->total,
				'per_page'    => $per_page,
			)
		);
		cache_users( array_unique( array_filter( array_map( static fn ( Job $job ): int => $job->owner->user_id, $page->jobs ) ) ) );
	}

	/**
	 * {@inheritDoc}
	 *
	 * @return array<string, string>
	 */
	public function get_columns(): array {
		return array(
			'asked'    => __( 'Asked', 'platen' ),
			'status'   => __( 'Status', 'platen' ),
			'user'     => __( 'User', 'platen' ),
			'model'    => __( 'Model', 'platen' ),
			'tokens'   => __( 'Tokens in / out', 'platen' ),
			'cost'     => __( 'Cost', 'platen' ),
			'duration' => __( 'Duration', 'platen' ),
			'request'  => __( 'Request id', 'platen' ),
		);
	}

	/**
	 * {@inheritDoc}
	 */
	public function no_items(): void {
		if ( null === $this->status ) {
			esc_html_e( 'Nobody has asked anything yet. Put the chat block or the shortcode [ai_chat] on a page to begin.', 'platen' );
		} else {
			esc_html_e( 'No job has this status.', 'platen' );
		}
	}

	/**
	 * {@inheritDoc}
	 */
	protected function get_primary_column_name(): string {
		return 'asked';
	}

	/**
	 * {@inheritDoc}
	 *
	 * @return list<string>
	 */
	protected function get_table_classes(): array {
		return array( 'widefat', 'fixed', 'striped', 'platen-jobs' );
	}

	/**
	 * {@inheritDoc}
	 *
	 * @return array<string, string>
	 */
	protected function get_views(): array {
		$counts = $this->jobs->counts();
		$links  = array(
			'all' => array(
				'url'     => JobsPage::url(),
				'label'   => self::view_label( __( 'All', 'platen' ), array_sum( $counts ) ),
				'current' => null === $this->status,
			),
		);
		foreach ( JobStatus::cases() as $status ) {
			$links[ $status->value ] = array(
				'url'     => JobsPage::url( array( 'status' => $status->value ) ),
				'label'   => self::view_label( JobColumns::status_word( $status ), $counts[ $status->value ] ),
				'current' => $status === $this->status,
			);
		}

		return $this->get_views_links( $links );
	}

	/**
	 * Prints when it was asked, as the way to the details, with what can be done.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	protected function column_asked( Job $job ): string {
		/* translators: %s: A span of time. */
		$ago = sprintf( __( '%s ago', 'platen' ), human_time_diff( $job->created_at->getTimestamp(), $this->now->getTimestamp() ) );

		return sprintf(
			'<a class="row-title" href="%s">%s</a><br><time class="platen-muted" datetime="%s">%s</time><span class="platen-narrow">%s</span>%s',
			esc_url( JobsPage::url( array( 'job' => $job->id->value ) ) ),
			esc_html( $ago ),
			esc_attr( $job->created_at->format( \DATE_ATOM ) ),
			esc_html( JobColumns::moment( $job->created_at ) ),
			// A narrow screen folds the other columns away.
			JobColumns::badge( $job ),
			// What an admin should do must not hide until the mouse comes by.
			$this->row_actions( JobActions::row_links( $job ), array() !== JobActions::forms( $job, 'button-link' ) )
		);
	}

	/**
	 * Prints where the job stands, and the code of its failure.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	protected function column_status( Job $job ): string {
		$fault = null === $job->fault ? '' : sprintf( '<br><code class="platen-code">%s</code>', esc_html( $job->fault->code ) );

		return JobColumns::badge( $job ) . $fault;
	}

	/**
	 * Prints whose job it is.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	protected function column_user( Job $job ): string {
		$name    = JobColumns::user( $job );
		$picture = $job->owner->is_anonymous()
			? '<span class="platen-avatar platen-avatar--visitor" aria-hidden="true"><span class="dashicons dashicons-admin-users"></span></span>'
			: self::initial( $job->owner->user_id, $name );

		return sprintf( '<span class="platen-user">%s%s</span>', $picture, esc_html( $name ) );
	}

	/**
	 * Prints the tokens.
	 *
	 * @since 0.1.0
	 *
	 * @param Job $job The job.
	 */
	protected function column_tokens( Job $job ): string {
		if ( null === $job->usage ) {
			return esc_html( JobColumns::NONE );
		}
		$estimate = $job->usage->is_estimate
			? sprintf( ' <abbr title="%s">≈</abbr>', esc_attr__( 'Counted by the daemon, because the provider sent no count.', 'platen' ) )
			: '';

		return sprintf(
			'%s / %s%s',
			esc_html( number_format_i18n( $job->usage->input_tokens ) ),
			esc_html( number_format_i18n( $job->usage->output_tokens ) ),
			$estimate
		);
	}

	/**
	 * Prints the columns that are plain text.
	 *
	 * @since 0.1.0
	 *
	 * @param Job    $job         The job.
	 * @param string $column_name The column.
	 */
	protected function column_default( $job, $column_name ): string {
		return match ( $column_name ) {
			'model'    => esc_html( JobColumns::model( $job ) ),
			'cost'     => esc_html( JobColumns::cost( $job ) ),
			'duration' => esc_html( JobColumns::duration( $job, $this->now ) ),
			'request'  => sprintf( '<code class="platen-code" title="%1$s">%1$s</code>', esc_attr( $job->request_id ) ),
			default    => '',
		};
	}

	/**
	 * Draws a user's initial in a colour of their own. Unlike an avatar it asks no other server.
	 *
	 * @param int    $user_id The user.
	 * @param string $name    The name.
	 */
	private static function initial( int $user_id, string $name ): string {
		return sprintf(
			'<span class="platen-avatar" style="--platen-hue: %d" aria-hidden="true">%s</span>',
			$user_id * 137 % 360, // Steps of the golden angle keep the colours of few users apart.
			esc_html( mb_strtoupper( mb_substr( $name, 0, 1 ) ) )
		);
	}

	/**
	 * Writes the label of one filter.
	 *
	 * @param string $word  What it shows.
	 * @param int    $count How many there are.
	 */
	private static function view_label( string $word, int $count ): string {
		return sprintf( '%s <span class="count">(%s)</span>', esc_html( $word ), esc_html( number_format_i18n( $count ) ) );
	}
}
