<?php
/**
 * The page of jobs.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Admin;

use Platen\Exception\InvalidInput;
use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Jobs\JobService;
use Platen\WordPress\Jobs\JobStatistics;
use Platen\WordPress\Trace\TraceService;

/**
 * Shows the jobs, or one job with its hops.
 *
 * @since 0.1.0
 */
final class JobsPage implements Registrable {

	/**
	 * The user's choice of rows per page.
	 */
	public const PER_PAGE_OPTION = 'platen_jobs_per_page';

	public const DEFAULT_PER_PAGE = 20;

	/**
	 * The list; null on the view of one job.
	 *
	 * @var JobsTable|null
	 */
	private ?JobsTable $table = null;

	/**
	 * Takes what the page shows.
	 *
	 * @since 0.1.0
	 *
	 * @param JobRepository $jobs       The jobs.
	 * @param JobStatistics $statistics The sums of the last day.
	 * @param JobService    $service    Brings a job up to date.
	 * @param TraceService  $trace      The hops of a job.
	 * @param Clock         $clock      The present.
	 */
	public function __construct(
		private readonly JobRepository $jobs,
		private readonly JobStatistics $statistics,
		private readonly JobService $service,
		private readonly TraceService $trace,
		private readonly Clock $clock
	) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ) );
		add_filter( 'set_screen_option_' . self::PER_PAGE_OPTION, array( $this, 'save_per_page' ), 10, 3 );
	}

	/**
	 * Adds the menu with this page as its first.
	 *
	 * @since 0.1.0
	 */
	public function add_page(): void {
		add_menu_page( __( 'Platen', 'platen' ), __( 'Platen', 'platen' ), 'manage_options', Menu::SLUG, array( $this, 'render' ), Menu::icon(), 58 );
		$hook = add_submenu_page( Menu::SLUG, __( 'Jobs', 'platen' ), __( 'Jobs', 'platen' ), 'manage_options', Menu::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			AdminStyle::enqueue_on( $hook );
			add_action( "load-{$hook}", array( $this, 'prepare_screen' ) );
		}
	}

	/**
	 * Makes the list and adds the choice of rows per page and the help.
	 *
	 * The list must exist before the page's head is printed: WordPress asks it for its columns there, once.
	 *
	 * @since 0.1.0
	 */
	public function prepare_screen(): void {
		if ( null !== self::requested( 'job' ) ) {
			return;
		}

		require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';
		$status      = JobStatus::tryFrom( (string) self::requested( 'status' ) );
		$this->table = new JobsTable( $this->jobs, $status, $this->clock->now() );
		add_screen_option(
			'per_page',
			array(
				'default' => self::DEFAULT_PER_PAGE,
				'option'  => self::PER_PAGE_OPTION,
			)
		);
		get_current_screen()?->add_help_tab(
			array(
				'id'      => 'platen-status',
				'title'   => __( 'Status', 'platen' ),
				'content' => '<p>' . esc_html__( 'A queued job waits for its turn; one that waits for the daemon is still in WordPress and is handed over as soon as the daemon answers. A running job is being answered. A dead job failed for good after its last attempt and can be retried.', 'platen' ) . '</p>',
			)
		);
	}

	/**
	 * Keeps the user's choice of rows per page within bounds.
	 *
	 * @since 0.1.0
	 *
	 * @param mixed  $kept   What is to be stored so far.
	 * @param string $option The option.
	 * @param mixed  $value  The user's choice.
	 */
	public function save_per_page( mixed $kept, string $option, mixed $value ): int {
		return max( 1, min( 200, (int) $value ) );
	}

	/**
	 * Prints the list, or the details of the job that the address names.
	 *
	 * @since 0.1.0
	 */
	public function render(): void {
		if ( null !== $this->table ) {
			$this->render_list( $this->table );
		} else {
			$this->render_details( $this->find( (string) self::requested( 'job' ) ) );
		}
	}

	/**
	 * Gives the address of the page.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, string> $arguments What to show.
	 */
	public static function url( array $arguments = array() ): string {
		return add_query_arg( array( 'page' => Menu::SLUG ) + $arguments, admin_url( 'admin.php' ) );
	}

	/**
	 * Prints the list.
	 *
	 * @param JobsTable $table The list.
	 */
	private function render_list( JobsTable $table ): void {
		$table->prepare_items();
		$summary = JobsSummary::of_last_day( $this->statistics, $this->jobs->counts(), $this->clock->now() );

		require __DIR__ . '/views/jobs-list.php';
	}

	/**
	 * Prints the details of one job.
	 *
	 * @param Job|null $job The job; null when there is none.
	 */
	private function render_details( ?Job $job ): void {
		if ( null === $job ) {
			require __DIR__ . '/views/job-missing.php';
			return;
		}

		$job      = $this->service->refresh( $job );
		$facts    = JobFacts::of( $job, $this->clock->now() );
		$timeline = new Timeline( $this->trace->for_job( $job->id ) );

		require __DIR__ . '/views/job-details.php';
	}

	/**
	 * Finds the job that a text names.
	 *
	 * @param string $job_id The text.
	 */
	private function find( string $job_id ): ?Job {
		try {
			return $this->jobs->find( JobId::fromString( $job_id ) );
		} catch ( InvalidInput ) {
			return null;
		}
	}

	/**
	 * Reads what the address asks to be shown.
	 *
	 * @param string $argument The argument.
	 */
	private static function requested( string $argument ): ?string {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Only what is shown depends on it.
		return isset( $_GET[ $argument ] ) && is_string( $_GET[ $argument ] ) ? sanitize_text_field( wp_unslash( $_GET[ $argument ] ) ) : null;
	}
}
