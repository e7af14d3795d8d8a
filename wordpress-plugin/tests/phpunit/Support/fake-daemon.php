<?php
/**
 * A daemon for tests: speaks the frames of docs/protocol.md on a Unix socket and does what script.json says.
 *
 * Usage: php fake-daemon.php FOLDER. Requests are appended to FOLDER/requests.jsonl.
 */

declare(strict_types=1);

const PING        = 0x01;
const SUBMIT      = 0x02;
const STATUS      = 0x03;
const CANCEL      = 0x04;
const RETRY       = 0x05;
const TRACE       = 0x06;
const RATE_LIMIT  = 0x07;
const RESULTS     = 0x0F;
const ANSWER      = 0x10;
const SUBMIT_MANY = 0x0A;
const REFUSAL     = 0xFF;

$folder = $argv[1];
$server = stream_socket_server( "unix://{$folder}/platend.sock" );
$peers  = array();
/** Jobs by id, as snapshots. */
$jobs = array();
/** Tokens taken by key. */
$taken = array();
/** Results by id, each with the page that it was on last. */
$results = array();
/** The script that was played last. */
$played = null;

while ( true ) {
	$readable = array( $server, ...$peers );
	$none     = null;
	stream_select( $readable, $none, $none, null );
	foreach ( $readable as $stream ) {
		if ( $stream === $server ) {
			$peers[] = stream_socket_accept( $server );
			continue;
		}
		$head = fread( $stream, 6 );
		if ( false === $head || strlen( $head ) < 6 ) {
			$peers = array_values( array_filter( $peers, static fn ( $peer ): bool => $peer !== $stream ) );
			fclose( $stream );
			continue;
		}
		$fields = unpack( 'Nlength/Cversion/Ctag', $head );
		$body   = json_decode( (string) stream_get_contents( $stream, $fields['length'] - 2 ), true );
		$script = json_decode( (string) file_get_contents( "{$folder}/script.json" ), true );
		// Each version of the script happens once; what the requests do to a job afterwards stays.
		if ( $script !== $played ) {
			foreach ( $script['jobs'] as $id => $snapshot ) {
				$jobs[ $id ] = $snapshot + ( $jobs[ $id ] ?? array() );
			}
			if ( $script['results'] !== ( $played['results'] ?? array() ) ) {
				$results = array_map( static fn ( array $event ): array => array( 'event' => $event, 'page' => PHP_INT_MAX ), $script['results'] );
			}
			$played = $script;
		}
		file_put_contents( "{$folder}/requests.jsonl", json_encode( array( $fields['tag'], $body ) ) . "\n", FILE_APPEND );

		[ $tag, $answer ] = RESULTS === $fields['tag'] && ! isset( $script['refuse'][ RESULTS ] )
			? page( $body, $script, $results )
			: answer( $fields['tag'], $body, $script, $jobs, $taken );
		$json             = json_encode( $answer );
		fwrite( $stream, pack( 'NCC', strlen( $json ) + 2, 1, $tag ) . $json );
	}
}

/**
 * Answers one request.
 */
function answer( int $tag, array $body, array $script, array &$jobs, array &$taken ): array {
	if ( isset( $script['refuse'][ $tag ] ) ) {
		return refusal( $script['refuse'][ $tag ] );
	}
	if ( PING === $tag ) {
		return array( 0x81, array( 'version' => '0.1.0', 'protocol' => 1, 'pid' => getmypid(), 'uptime_ms' => 1 ) );
	}
	if ( RATE_LIMIT === $tag ) {
		$used       = $taken[ $body['key'] ] ?? 0;
		$is_allowed = $used + $body['cost'] <= $body['limit'];

		$taken[ $body['key'] ] = $used + ( $is_allowed ? $body['cost'] : 0 );
		return array( 0x87, array( 'is_allowed' => $is_allowed, 'remaining' => $body['limit'] - $taken[ $body['key'] ], 'retry_after_ms' => $is_allowed ? 0 : 4200 ) );
	}
	if ( SUBMIT === $tag ) {
		return array( 0x82, taken( $body['job'], $jobs ) );
	}
	if ( SUBMIT_MANY === $tag ) {
		$receipts = array();
		foreach ( $body['jobs'] as $job ) {
			$code       = $script['refuse_jobs'][ $job['id'] ] ?? null;
			$receipts[] = null === $code ? taken( $job, $jobs ) : refusal( $code )[1];
		}
		return array( 0x8A, array( 'receipts' => $receipts ) );
	}

	$id = $body['job_id'];
	if ( ! isset( $jobs[ $id ] ) ) {
		return refusal( 'job_not_found' );
	}
	if ( ANSWER === $tag ) {
		return part( $jobs[ $id ], $body['offset'] );
	}
	if ( CANCEL === $tag ) {
		$jobs[ $id ]['status'] = 'cancelled';
	} elseif ( RETRY === $tag ) {
		$jobs[ $id ]['status'] = 'queued';
	} elseif ( TRACE === $tag ) {
		$hops = array( array( 'name' => 'job.accepted', 'at' => $jobs[ $id ]['created_at'], 'detail' => array( 'attempt' => 0 ) ) );
		return array( 0x86, array( 'job_id' => $id, 'request_id' => $jobs[ $id ]['request_id'], 'hops' => $hops ) );
	}

	return array( 0x83, $jobs[ $id ] );
}

/**
 * A page of results.
 */
function page( array $body, array $script, array &$results ): array {
	static $pages = 0;
	$results      = array_filter( $results, static fn ( array $result ): bool => $result['page'] > $body['since'] );
	$ids          = array_slice( array_keys( $results ), 0, $body['limit'] );
	$pages       += array() === $ids ? 0 : 1;
	foreach ( $ids as $id ) {
		$results[ $id ]['page'] = $pages;
	}

	return array(
		0x8F,
		array(
			'results'  => array_map( static fn ( string $id ): array => array( 'id' => $id, 'event' => $results[ $id ]['event'] ), $ids ),
			'cursor'   => array() === $ids ? $body['since'] : $pages,
			'has_more' => count( $ids ) < count( $results ),
			'webhooks' => $script['webhooks'] + array( 'status' => 'on', 'since' => null, 'waiting' => 0, 'last_error' => null ),
		),
	);
}

/**
 * A part of an answer, shorter than the daemon's.
 */
function part( array $job, int $offset ): array {
	$answer = $job['result'];
	$text   = substr( $answer['text'], $offset, 100000 );
	$end    = $offset + strlen( $text );
	$total  = strlen( $answer['text'] );

	return array(
		0x90,
		array(
			'job_id'      => $job['id'],
			'text'        => $text,
			'offset'      => $offset,
			'next_offset' => $end < $total ? $end : null,
			'total_bytes' => $total,
		) + $answer,
	);
}

/**
 * Takes a job and gives its receipt.
 */
function taken( array $job, array &$jobs ): array {
	$id           = $job['id'];
	$is_duplicate = isset( $jobs[ $id ] );
	$jobs[ $id ]  = ( $jobs[ $id ] ?? array() ) + snapshot( $id, $job );

	return array( 'job_id' => $id, 'status' => $jobs[ $id ]['status'], 'is_duplicate' => $is_duplicate );
}

/**
 * A job that was just taken.
 */
function snapshot( string $id, array $job ): array {
	return array(
		'id'         => $id,
		'kind'       => 'chat',
		'status'     => 'queued',
		'result'     => null,
		'usage'      => null,
		'error'      => null,
		'attempt'    => 0,
		'request_id' => $job['request_id'],
		'created_at' => $job['created_at'],
		'updated_at' => $job['created_at'],
	);
}

/**
 * A no.
 */
function refusal( string $code ): array {
	return array( REFUSAL, array( 'code' => $code, 'message' => "scripted: {$code}" ) );
}
