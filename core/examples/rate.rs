use phisift::detect::*;
use phisift::extract::*;
use phisift::model::*;
struct Run<'a>(&'a Detector, SourceMemory, Candidates, Vec<u64>, Vec<Vec<u8>>, f64);
impl Emit for Run<'_> {
    fn segment(&mut self, s: Segment) -> bool {
        let t = std::time::Instant::now();
        self.0.find_into(&s, &mut self.2);
        self.0.learn(&mut self.1, &self.2);
        let c = &mut self.3;
        self.0.settle(&self.1, &self.2, |_, d| c[d.entity.0 as usize] += 1);
        self.5 += t.elapsed().as_secs_f64();
        self.4.push(s.text.0);
        true
    }
    fn unread(&mut self, _: Unread) {}
    fn buffer(&mut self) -> Vec<u8> {
        self.4.pop().unwrap_or_default()
    }
}
fn main() {
    let d = Detector::new(Ruleset::builtin().unwrap(), Default::default()).unwrap();
    for f in std::env::args().skip(1) {
        let n = std::fs::metadata(&f).unwrap().len().min(64 << 20) as f64 / 1e6;
        let mut file = std::io::Read::take(std::fs::File::open(&f).unwrap(), 64 << 20);
        let mut r = Run(&d, SourceMemory::default(), Candidates::default(), vec![0; 200], vec![], 0.);
        let t = std::time::Instant::now();
        let e = extract(&mut file, Hint::default(), &Limits::default(), &mut r);
        let s = t.elapsed().as_secs_f64();
        println!("{f} {} {:.0} MB/s, detect alone {:.0} MB/s", e.format, n / s, n / r.5);
        for (i, c) in r.3.iter().enumerate() {
            if *c > 0 {
                print!(" {}={}", d.ruleset().entities()[i].id, c);
            }
        }
        println!();
    }
}
