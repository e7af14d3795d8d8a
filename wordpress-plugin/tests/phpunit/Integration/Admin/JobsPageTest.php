<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Admin;

use Platen\WordPress\Admin\JobsPage;
use Platen\WordPress\Tests\TestCase;

final class JobsPageTest extends TestCase {

	protected function setUp(): void {
		parent::setUp();
		require_once ABSPATH . 'wp-admin/includes/admin.php';
		set_current_screen( 'toplevel_page_platen' );
		$this->daemon->start();
		$this->log_in( 'administrator' );
	}

	protected function tearDown(): void {
		$_GET                      = array();
		$GLOBALS['current_screen'] = null;
		parent::tearDown();
	}

	public function test_the_list_shows_what_became_of_each_question(): void {
		$done = $this->asked_job( 'Done?' );
		$this->deliver( $done );
		$dead = $this->asked_job( 'Dead?' );
		$this->deliver( $dead, self::death(), 'evt_2' );

		$page = $this->page();

		self::assertStringContainsString( 'platen-badge--succeeded">Succeeded', $page );
		self::assertStringContainsString( 'platen-badge--dead">Dead', $page );
		self::assertStringContainsString( 'provider_failed', $page );
		self::assertStringContainsString( 'gpt-test', $page );
		self::assertStringContainsString( '12 / 34', $page );
		self::assertStringContainsString( '$0.000123', $page );
		self::assertStringContainsString( $this->job( $done )->request_id, $page );
		self::assertStringContainsString( 'Dead <span class="count">(1)</span>', $page );
	}

	public function test_the_list_shows_neither_question_nor_answer(): void {
		$job_id = $this->asked_job( 'A planted question' );
		$this->deliver( $job_id );

		$pages = $this->page() . $this->page( array( 'job' => $job_id ) );

		self::assertStringNotContainsString( 'planted', $pages );
		self::assertStringNotContainsString( 'It presses the paper', $pages );
	}

	public function test_the_filter_shows_one_status_only(): void {
		$done = $this->asked_job( 'Done?' );
		$this->deliver( $done );
		$open = $this->asked_job( 'Open?' );

		$page = $this->page( array( 'status' => 'succeeded' ) );

		self::assertStringContainsString( $done, $page );
		self::assertStringNotContainsString( $open, $page );
		self::assertStringContainsString( $open, $this->page( array( 'status' => 'unheard-of' ) ) );
	}

	public function test_the_list_has_pages(): void {
		update_user_meta( get_current_user_id(), JobsPage::PER_PAGE_OPTION, 2 );
		$first = $this->asked_job( 'One?' );
		$this->clock->advance( 1 );
		$this->asked_job( 'Two?' );
		$this->clock->advance( 1 );
		$this->asked_job( 'Three?' );

		self::assertStringNotContainsString( $first, $this->page() );
		$_REQUEST['paged'] = '2';
		self::assertStringContainsString( $first, $this->page() );
		unset( $_REQUEST['paged'] );
	}

	public function test_only_a_dead_job_can_be_retried_and_only_a_waiting_one_handed_over(): void {
		$this->asked_job( 'Handed over' );
		self::assertStringNotContainsString( '<form', $this->page() );

		$this->deliver( $this->asked_job( 'Dies' ), self::death() );
		self::assertStringContainsString( 'value="platen_retry_job"', $this->page() );
		self::assertStringNotContainsString( 'value="platen_hand_over"', $this->page() );

		$this->daemon->stop();
		$this->asked_job( 'Waits' );
		$page = $this->page();
		self::assertStringContainsString( 'Waiting for the daemon', $page );
		self::assertStringContainsString( 'value="platen_hand_over"', $page );
	}

	public function test_the_details_show_the_hops_of_both_sides(): void {
		$job_id = $this->asked_job();
		$this->clock->advance( 2 );
		$this->deliver( $job_id );

		$page = $this->page( array( 'job' => $job_id ) );

		self::assertStringContainsString( 'WordPress accepted the question', $page );
		self::assertStringContainsString( 'The daemon made it durable', $page );
		self::assertStringContainsString( '+2000.0 ms', $page );
		self::assertStringNotContainsString( 'The daemon is away', $page );
	}

	public function test_the_details_say_when_the_daemon_is_away(): void {
		$job_id = $this->asked_job();
		$this->daemon->stop();

		$page = $this->page( array( 'job' => $job_id ) );

		self::assertStringContainsString( 'The daemon is away, so only the steps in WordPress are shown.', $page );
		self::assertStringContainsString( 'Handed over to the daemon', $page );
	}

	public function test_a_failure_is_escaped(): void {
		$error  = array( 'code' => 'provider_failed', 'message' => '<script>alert(1)</script>' );
		$job_id = $this->asked_job();
		$this->deliver( $job_id, array( 'error' => $error ) + self::death() );

		$page = $this->page( array( 'job' => $job_id ) );

		self::assertStringNotContainsString( '<script>', $page );
		self::assertStringContainsString( 'alert(1)', $page );
	}

	/** @return array<string, array{string}> */
	public function unknown_jobs(): array {
		return array(
			'another site\'s' => array( '0193d2e0-0000-7000-8000-000000000000' ),
			'no id'           => array( '1 OR 1=1' ),
			'nothing'         => array( '' ),
		);
	}

	/** @dataProvider unknown_jobs */
	public function test_a_job_that_is_not_there_is_told( string $job_id ): void {
		self::assertStringContainsString( 'No such job', $this->page( array( 'job' => $job_id ) ) );
	}

	/** @param array<string, string> $get The address's arguments. */
	private function page( array $get = array() ): string {
		$_GET     = $get;
		$services = $this->services();
		$page     = new JobsPage( $services->jobs, $services->statistics, $services->job_service, $services->trace, $services->clock );
		$page->prepare_screen();
		ob_start();
		$page->render();

		return (string) ob_get_clean();
	}
}
