//! Measures what the project promises to cost, beside its peers, and prints the table.

mod catalog;
mod peers;
mod runtime;

use std::time::Instant;

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn main() {
    let models = catalog::models(120);
    let folder = tempfile::tempdir().expect("a folder");
    catalog::write(&models, folder.path()).expect("written");
    let (mut ours, mut typify) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let start = Instant::now();
        let generated = runcomfy_codegen::Generator::new(folder.path()).generate().expect("schemas");
        ours.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let text: usize = models.iter().map(|model| peers::typify(model).len()).sum();
        typify.push(start.elapsed().as_secs_f64());
        if ours.len() == 1 {
            println!("{} {}", generated.models.iter().map(|m| m.source.len()).sum::<usize>(), text);
        }
    }
    let (ours, typify) = (median(ours), median(typify));
    println!("codegen {ours} {typify} {}", ours / typify);
    let costs = runtime::measure();
    println!("runtime {} validator {} ({}) plain {} ({})", costs.ours, costs.validator, costs.ours / costs.validator, costs.plain, costs.ours / costs.plain);
}
