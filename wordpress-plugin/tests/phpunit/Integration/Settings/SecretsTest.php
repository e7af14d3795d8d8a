<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Integration\Settings;

use Platen\Exception\InvalidKey;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SecretState;
use Platen\WordPress\Tests\TestCase;

use function Platen\hmac_sign;

final class SecretsTest extends TestCase {

	private const SITE    = 'psk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
	private const WEBHOOK = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

	public function test_both_secrets_are_given_as_keys(): void {
		$secrets = $this->secrets( self::SITE, self::WEBHOOK );

		self::assertTrue( $secrets->are_complete() );
		self::assertSame( hmac_sign( 'data', $secrets->site_key() ), hmac_sign( 'data', $secrets->webhook_keys()[0] ) );
		self::assertSame( SecretState::SetInConfig, $secrets->state( Secrets::SITE_SECRET ) );
	}

	public function test_a_missing_secret_is_missing_and_no_key(): void {
		$secrets = $this->secrets( self::SITE, null );

		self::assertFalse( $secrets->are_complete() );
		self::assertSame( SecretState::Missing, $secrets->state( Secrets::WEBHOOK_SECRET ) );
		$this->expectException( InvalidKey::class );
		$secrets->webhook_keys();
	}

	public function test_a_malformed_secret_is_told_apart_from_a_missing_one(): void {
		$secrets = $this->secrets( 'psk_short', self::WEBHOOK );

		self::assertSame( SecretState::Malformed, $secrets->state( Secrets::SITE_SECRET ) );
		self::assertFalse( $secrets->are_complete() );
	}

	public function test_only_webhooks_may_have_several_secrets(): void {
		$several = $this->secrets( self::SITE . ' ' . self::SITE, self::WEBHOOK . "\n" . self::WEBHOOK );

		self::assertCount( 2, $several->webhook_keys() );
		self::assertSame( SecretState::SetInConfig, $several->state( Secrets::WEBHOOK_SECRET ) );
		self::assertSame( SecretState::Malformed, $several->state( Secrets::SITE_SECRET ) );
		self::assertSame( SecretState::Malformed, $this->secrets( self::SITE, self::WEBHOOK . ' planted' )->state( Secrets::WEBHOOK_SECRET ) );
	}

	public function test_a_secret_in_the_options_table_is_not_read(): void {
		update_option( 'PLATEN_SITE_SECRET', self::SITE );
		update_option( 'platen_settings', array( 'PLATEN_SITE_SECRET' => self::SITE, 'site_secret' => self::SITE ) );

		self::assertSame( SecretState::Missing, $this->secrets( null, null )->state( Secrets::SITE_SECRET ) );
		delete_option( 'PLATEN_SITE_SECRET' );
	}

	private function secrets( ?string $site, ?string $webhook ): Secrets {
		return new Secrets(
			new Constants(
				array_filter(
					array(
						Secrets::SITE_SECRET    => $site,
						Secrets::WEBHOOK_SECRET => $webhook,
					)
				)
			)
		);
	}
}
