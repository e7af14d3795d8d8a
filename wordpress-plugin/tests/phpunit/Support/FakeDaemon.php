<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Support;

use Platen\Exception\DaemonUnavailable;
use Platen\Transport\Socket;

/**
 * Starts, scripts and stops the daemon of fake-daemon.php.
 */
final class FakeDaemon {

	public const SUBMIT      = 0x02;
	public const STATUS      = 0x03;
	public const CANCEL      = 0x04;
	public const RETRY       = 0x05;
	public const RATE_LIMIT  = 0x07;
	public const SUBMIT_MANY = 0x0A;
	public const RESULTS     = 0x0F;
	public const ANSWER      = 0x10;

	/** @var resource|null */
	private $process = null;

	/** @var array<string, mixed> What fake-daemon.php is told. */
	private array $script = array(
		'refuse'      => array(),
		'refuse_jobs' => array(),
		'jobs'        => array(),
		'results'     => array(),
		'webhooks'    => array(),
	);

	private function __construct( private readonly string $folder ) {
	}

	/** Makes the folder, but no daemon yet: it is away. */
	public static function away(): self {
		$folder = sys_get_temp_dir() . '/platen-test-' . bin2hex( random_bytes( 6 ) );
		mkdir( $folder, 0700 );

		return new self( $folder );
	}

	public function socket(): string {
		return $this->folder . '/platend.sock';
	}

	/** Starts it, or starts it again without its memory. */
	public function start(): void {
		$this->write_script();
		$output        = array( 'file', $this->folder . '/output.txt', 'a' );
		$this->process = proc_open(
			array( PHP_BINARY, '-n', __DIR__ . '/fake-daemon.php', $this->folder ),
			array( array( 'file', '/dev/null', 'r' ), $output, $output ),
			$pipes
		) ?: throw new \RuntimeException( 'the fake daemon did not start' );

		// A process remembers for a moment that nobody answered; a ping that is answered makes it forget.
		Socket::select( $this->socket() );
		$deadline = microtime( true ) + 5.0;
		while ( ! $this->answers() ) {
			if ( microtime( true ) > $deadline ) {
				throw new \RuntimeException( 'the fake daemon does not answer: ' . file_get_contents( $this->folder . '/output.txt' ) );
			}
			usleep( 2000 );
		}
	}

	private function answers(): bool {
		try {
			return array() !== \Platen\ping( 1000 );
		} catch ( DaemonUnavailable ) {
			return false;
		}
	}

	public function stop(): void {
		if ( null !== $this->process ) {
			proc_terminate( $this->process, SIGKILL );
			proc_close( $this->process );
			$this->process = null;
		}
		@unlink( $this->socket() );
	}

	/** Stops it and removes its folder. */
	public function clean_up(): void {
		$this->stop();
		array_map( 'unlink', glob( $this->folder . '/*' ) ?: array() );
		rmdir( $this->folder );
	}

	/** Refuses requests of one kind from now on; null takes them again. */
	public function refuse( int $request, ?string $code ): void {
		unset( $this->script['refuse'][ $request ] );
		if ( null !== $code ) {
			$this->script['refuse'][ $request ] = $code;
		}
		$this->write_script();
	}

	/** Refuses one job of a batch from now on. */
	public function refuse_job( string $job_id, string $code ): void {
		$this->script['refuse_jobs'][ $job_id ] = $code;
		$this->write_script();
	}

	/**
	 * Says where a job stands now; what requests do to it afterwards stays.
	 *
	 * @param array<string, mixed> $snapshot The fields that differ.
	 */
	public function set_job( string $job_id, array $snapshot ): void {
		$this->script['jobs'][ $job_id ] = $snapshot;
		$this->write_script();
	}

	/**
	 * Says which results no webhook has brought; they stay until they are acknowledged.
	 *
	 * @param array<string, string> $results Webhook bodies by their ids.
	 */
	public function set_results( array $results ): void {
		$this->script['results'] = array_map( static fn ( string $body ): array => json_decode( $body, true ), $results );
		$this->write_script();
	}

	/**
	 * Says how the site's webhooks stand.
	 *
	 * @param array<string, mixed> $report The fields that differ from webhooks that arrive.
	 */
	public function set_webhooks( array $report ): void {
		$this->script['webhooks'] = $report;
		$this->write_script();
	}

	/**
	 * Gives the bodies of the requests of one kind that came so far.
	 *
	 * @return list<array<string, mixed>>
	 */
	public function requests( int $kind ): array {
		$file  = $this->folder . '/requests.jsonl';
		$lines = is_file( $file ) ? file( $file, FILE_IGNORE_NEW_LINES ) : array();
		$all   = array_map( static fn ( string $line ): array => json_decode( $line, true ), $lines );

		return array_values( array_map( static fn ( array $one ): array => $one[1], array_filter( $all, static fn ( array $one ): bool => $kind === $one[0] ) ) );
	}

	private function write_script(): void {
		file_put_contents( $this->folder . '/script.tmp', json_encode( $this->script, JSON_FORCE_OBJECT ) );
		rename( $this->folder . '/script.tmp', $this->folder . '/script.json' );
	}
}
