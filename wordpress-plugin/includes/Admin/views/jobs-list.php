<?php
/**
 * The list of jobs, as prepared by JobsPage::render_list().
 *
 * @package Platen
 *
 * @var \Platen\WordPress\Admin\JobsTable   $table
 * @var \Platen\WordPress\Admin\JobsSummary $summary
 */

declare(strict_types=1);

use Platen\WordPress\Admin\JobColumns;
use Platen\WordPress\Admin\JobNotice;
use Platen\WordPress\Admin\JobsPage;
use Platen\WordPress\Settings\SettingsPage;

defined( 'ABSPATH' ) || exit;
?>
<div class="wrap platen">
	<h1 class="wp-heading-inline"><?php esc_html_e( 'Jobs', 'platen' ); ?></h1>
	<a class="page-title-action" href="<?php echo esc_url( SettingsPage::url() ); ?>"><?php esc_html_e( 'Settings', 'platen' ); ?></a>
	<hr class="wp-header-end">
	<?php JobNotice::print_current(); ?>

	<section class="platen-tiles" aria-label="<?php esc_attr_e( 'The last 24 hours', 'platen' ); ?>">
		<div class="platen-tile">
			<span class="platen-tile__label"><?php esc_html_e( 'Questions, last 24 h', 'platen' ); ?></span>
			<strong class="platen-tile__value"><?php echo esc_html( number_format_i18n( $summary->requests ) ); ?></strong>
			<span class="platen-muted">
				<?php
				/* translators: %s: A number of users. */
				echo esc_html( sprintf( _n( 'by %s user', 'by %s users', $summary->users, 'platen' ), number_format_i18n( $summary->users ) ) );
				?>
			</span>
		</div>
		<div class="platen-tile">
			<span class="platen-tile__label"><?php esc_html_e( 'Tokens, last 24 h', 'platen' ); ?></span>
			<strong class="platen-tile__value"><?php echo esc_html( number_format_i18n( $summary->input_tokens + $summary->output_tokens ) ); ?></strong>
			<span class="platen-muted">
				<?php
				/* translators: 1: Tokens of prompts. 2: Tokens of answers. */
				echo esc_html( sprintf( __( '%1$s in, %2$s out', 'platen' ), number_format_i18n( $summary->input_tokens ), number_format_i18n( $summary->output_tokens ) ) );
				?>
			</span>
		</div>
		<div class="platen-tile">
			<span class="platen-tile__label"><?php esc_html_e( 'Cost, last 24 h', 'platen' ); ?></span>
			<strong class="platen-tile__value"><?php echo esc_html( JobColumns::dollars( $summary->cost_microusd ) ); ?></strong>
			<span class="platen-muted"><?php esc_html_e( 'of the models with a known price', 'platen' ); ?></span>
		</div>
		<a class="platen-tile<?php echo $summary->dead > 0 ? ' platen-tile--alert' : ''; ?>" href="<?php echo esc_url( JobsPage::url( array( 'status' => $summary->dead > 0 ? 'dead' : 'queued' ) ) ); ?>">
			<span class="platen-tile__label"><?php esc_html_e( 'Needs attention', 'platen' ); ?></span>
			<strong class="platen-tile__value"><?php echo esc_html( number_format_i18n( $summary->dead ) ); ?></strong>
			<span class="platen-muted">
				<?php
				/* translators: %s: A number of jobs. */
				echo esc_html( sprintf( _n( '%s job in progress', '%s jobs in progress', $summary->active, 'platen' ), number_format_i18n( $summary->active ) ) );
				?>
			</span>
		</a>
	</section>

	<?php $table->views(); ?>
	<div class="platen-table">
		<?php $table->display(); ?>
	</div>
</div>
