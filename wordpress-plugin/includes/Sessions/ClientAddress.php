<?php
/**
 * Where a visitor comes from.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Sessions;

/**
 * Gives the visitor's network address as a keyed hash: enough to count by, not enough to know who it was.
 *
 * @since 0.1.0
 */
final class ClientAddress {

	/**
	 * Gives the hash, 32 hexadecimal digits.
	 *
	 * An IPv6 visitor counts by the /64 network, because every device there may choose its addresses freely.
	 */
	public function hash(): string {
		$address = isset( $_SERVER['REMOTE_ADDR'] ) ? sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ) ) : '';

		/**
		 * Filters the visitor's address. Forwarding headers are not trusted on their own, because anybody can send
		 * them; a site behind a proxy may read the proxy's header here.
		 *
		 * @since 0.1.0
		 *
		 * @param string $address The address of the connection.
		 */
		$address = apply_filters( 'platen_client_address', $address );

		$bytes = is_string( $address ) ? inet_pton( $address ) : false;
		if ( false === $bytes ) {
			$bytes = '';
		}
		$network = 16 === strlen( $bytes ) ? substr( $bytes, 0, 8 ) : $bytes;

		return substr( hash_hmac( 'sha256', $network, wp_salt( 'nonce' ) ), 0, 32 );
	}
}
